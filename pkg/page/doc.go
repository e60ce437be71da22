// Package page is the life of pages in the log: what is written on page.<id>, what
// follows from it, and whom a page calls.
//
// A page calls people because of an alert, without an incident. Its id is derived from
// the alert ([ID]), so an alert pages once, whoever asks how often. [Of] works out whom,
// from the catalog alone. Until there are schedules these are all members of a team.
//
// For each person and way the log tells apart what was attempted, what was delivered to
// whatever carries the way, and what was given up. That somebody saw a page is known only
// when they acknowledge the alert, which the page follows, as it follows the alert's end.
//
// A page says nothing that people wrote: whom it calls are opaque ids, addresses are in
// the catalog, and what it is about is in the alert.
package page
