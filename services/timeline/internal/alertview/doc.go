// Package alertview keeps the read model of alerts: one row for each alert, folded
// from alert.<id>.
//
// It stands beside the model of incidents in a schema of its own, because it
// follows only the subjects of alerts and so costs what alerts cost. Writing is
// idempotent: rows only gain an end, or lose their content to a redaction. So
// every process may write, and none has to be elected.
//
// A rebuild computes all rows in one transaction and corrects those that differ;
// reads go on meanwhile. Which alerts exist for a reader is decided by the model of
// incidents, in the same snapshot.
package alertview
