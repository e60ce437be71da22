// Package changeview keeps the read model of changes: one row for each change, folded
// from change.<id>.
//
// It stands beside the model of incidents, see package beside. A row says all that the
// fold needs, so a message is folded behind the row that is there; a message that the row
// holds already changes nothing.
package changeview
