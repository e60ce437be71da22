// Package web keeps the rendered pages in memory and on disk and serves them over
// HTTP. It knows documents only, never the log; when nothing else of the system
// runs it serves what it has and says since when.
package web
