// Package secretref reads the secrets behind references: configuration names where a
// secret is kept, and never holds it.
package secretref
