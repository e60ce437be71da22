// Package view is what readers see of one incident: a pure fold over its events.
//
// A [View] is the incident and its entries. [View.Apply] folds one more event;
// the live projection, the rebuild and time travel all use it, so they cannot
// differ. Every type of event is handled through [incident.Visitor], so a type
// that is added to the domain does not compile here until it is handled.
//
// [KnownAt] and [HappenedAt] are the two ways into the past. [Spans] says for how
// long a value held.
//
// The package knows neither people's names nor databases nor protobuf: ids of
// people stand in headlines between marks, and [Name] puts in the names of
// today.
package view
