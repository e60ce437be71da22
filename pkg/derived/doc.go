// Package derived makes ids from what is known of a thing, so that whoever meets the
// thing again finds the same id without asking.
package derived
