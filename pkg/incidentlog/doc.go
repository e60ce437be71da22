// Package incidentlog reads one incident's history from the log, for consumers
// that need the whole of a few incidents and keep no copy of all.
//
// A redaction takes effect here as soon as it is recorded: the entries that it
// names come without their content, even while the original is not erased yet.
package incidentlog
