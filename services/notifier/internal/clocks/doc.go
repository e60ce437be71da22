// Package clocks watches the clocks of all incidents and has it written down when one
// warns, is breached or is met, and has a review scheduled when a kind of cause comes
// again.
//
// A [Keeper] folds incidents out of the log, computes their clocks when something
// happened or a time has come, and asks command to record what a clock passed, with
// the etag of what it computed from. It keeps nothing: whatever was not recorded is
// found again after a restart, and the rules of the domain write each threshold of a
// run once however many keepers ask. It needs no database.
package clocks
