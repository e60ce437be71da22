// Package act decides who hears of what: it follows the log and creates a delivery
// for each event and each receiver that wants it.
//
// What nobody wants costs next to nothing: without a receiver the log is not read
// at all, only the position follows its end; with receivers, an event is decoded
// and its incident folded only when one of them could want it. Nothing is created
// twice, since effects are unique and the position is fenced; nothing is created
// for what is old: it is held for a person.
package act
