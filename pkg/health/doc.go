// Package health answers whether a process lives and whether it can do its
// work, dependency by dependency.
//
// It is not a monitor: it asks when it is asked, within a deadline, and says
// what it was told.
package health
