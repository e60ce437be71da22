// Package timelinefile reads an incident's timeline as people transcribe it: one
// JSON object a line, {"at", "kind", "actor", "text", "source", "approx"}.
//
// The first "declared" line declares the incident; without one the first line
// does. acknowledged, mitigated, resolved, severity (when the text names one),
// update, hypothesis, test, confirmed, eliminated and rollback, a decision, become
// what they say. A test or verdict is about the cause that was supposed last; a
// verdict on none supposes it first. Every other kind becomes a note under its kind
// as label, also customer_update, which tells that customers were told and is not
// itself what they read, and role, which names nobody. The actor is kept as the
// author; where an act has no author its text begins with the actor. An inexact time
// is said in the text.
//
// A file is one incident. Its name (without directory and ending) is the id in
// the external reference, so that repeating an import adds nothing.
package timelinefile
