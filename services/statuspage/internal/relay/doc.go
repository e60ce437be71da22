// Package relay carries what may be public from the log to the stream PUBLIC. It
// is the only part of this service that can read the log; the part that serves
// customers cannot.
//
// A relay claims the stream, goes on from the mark that the one before it left,
// follows the log, and puts a document for each incident and page that changed. It
// keeps nothing of its own: of an incident that it does not know it reads the whole
// history from the log again, and without a usable mark it computes every document
// anew. Of two relays one stands by, and takes over when the other falls silent.
package relay
