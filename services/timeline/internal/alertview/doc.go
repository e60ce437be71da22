// Package alertview keeps the read model of alerts: one row for each alert, folded
// from alert.<id>.
//
// It stands beside the model of incidents, see package beside. Writing is idempotent:
// rows only gain an end, or lose their content to a redaction. Which alerts exist for
// a reader is decided by the model of incidents, in the same snapshot.
package alertview
