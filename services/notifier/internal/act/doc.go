// Package act decides who hears of what: it follows the log and creates a delivery
// for each event and each receiver that wants it.
//
// What an incident looks like at an event is folded from the log when it is
// needed and kept for a while; there is no table of incidents to rebuild. Nothing
// is created twice, since effects are unique and the position is fenced; nothing
// is created for what is old: it is held for a person.
package act
