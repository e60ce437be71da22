// Package public keeps page documents in the stream PUBLIC: the last one of each
// page, replaced as a whole.
//
// A [Writer] replaces a document only by one that is computed from at least as
// much of the log, so two relays, or an old one that wakes up, cannot turn a page
// back. A [Watcher] needs no right but to read PUBLIC.
package public
