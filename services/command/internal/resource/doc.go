// Package resource is the write side of the catalog, and the small read side that
// needs no database: CatalogService.
package resource
