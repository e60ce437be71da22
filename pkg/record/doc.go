// Package record converts incident events to their stored form and back. It is
// the only place where the domain (package incident) meets its schema (proto
// incident.v1): an event's type names a message of facts and one of content,
// for example incident.severity_changed, SeverityChangedFacts and
// SeverityChangedContent. A type without facts or without content has no such
// message.
//
// [Encode] is for writers, who hand the draft to package chain. [Decode] is for
// readers, who get records from package chain. What was stored by any released
// version stays readable for ever; testdata/golden holds the proof.
//
// The package neither verifies hashes (package chain) nor reads or writes the
// log (package eventlog).
package record
