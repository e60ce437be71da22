// Package wire turns views into the messages of timeline.v1. Names of people are
// not part of a view: [Names] puts in those of today, or "former member" for who
// is not known any more.
package wire
