// Package fold reads messages of the log and keeps the views of incidents up to
// date with them.
//
// [Engine] spreads messages over goroutines by their incident and keeps views in
// bounded memory; an incident that is not there is loaded from the log. [Load]
// reads the whole history of one incident, for time travel. [Decode] reads one
// message.
//
// An event that cannot be folded puts its own incident into quarantine: the view
// ends before it and nothing more is folded but redactions, which apply always.
package fold
