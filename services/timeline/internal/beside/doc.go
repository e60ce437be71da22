// Package beside keeps read models that stand beside that of incidents: each in a
// schema of its own, one row for each subject of one kind, so that it costs what its
// kind costs and not what the log costs.
//
// A [Kind] says what is kept; package beside follows the log, remembers how far, and
// computes anew. Writing is idempotent, so every process may write and none has to be
// elected. A rebuild computes all rows in one transaction and corrects those that
// differ; reads go on meanwhile.
package beside
