// Package history keeps incidents as they are folded, ready to decide on.
//
// A [Store] has a bounded cache and one queue per incident: [Store.Open] waits for
// its turn and hands out a [Desk], at which one request decides and appends. What
// the cache holds may be behind the log, since other services append too; so
// whoever wants to refuse something, or to repeat an old answer, calls
// [Desk.Refresh] first. Appends need no such care: the log refuses one that was
// decided on an older state.
//
// The package does not decide anything.
package history
