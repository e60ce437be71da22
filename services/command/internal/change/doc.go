// Package change serves the call that writes reports of changes into the log.
package change
