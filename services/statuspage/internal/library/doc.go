// Package library keeps the public documents where pages are served: in memory, and
// in a directory, so that a start without any other part of the system has
// everything to serve. It knows nothing of how they look.
package library
