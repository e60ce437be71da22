// Package page makes and reads page tokens: where a list goes on. A token is
// opaque to callers, bound to the list and the filters it came from, and read
// with suspicion: whatever is not exactly what this package wrote is refused.
//
// A token grants nothing. Every page is filtered by what its caller may see.
package page
