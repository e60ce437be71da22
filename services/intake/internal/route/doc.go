// Package route decides which rule takes an alert. It is pure: rules come from
// the catalog, labels from the alert.
package route
