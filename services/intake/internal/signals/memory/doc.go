// Package memory is a [signals.Store] in memory, for tests.
package memory
