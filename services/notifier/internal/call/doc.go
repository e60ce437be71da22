// Package call makes one attempt to deliver: one signed request, and what came of
// it, within bounds.
package call
