// Package ledger keeps what was done: which events became deliveries to whom, and
// every attempt. It cannot be computed again from the log and is never rebuilt.
//
// A delivery is unique by event and receiver, and is created in the transaction
// that advances the position acted through, which is fenced by the position
// before: replaying the log, or a second notifier, creates nothing twice.
package ledger
