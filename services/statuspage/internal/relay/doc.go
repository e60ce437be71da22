// Package relay carries what may be public from the log to the stream PUBLIC. It
// is the only part of this service that can read the log; the part that serves
// customers cannot.
package relay
