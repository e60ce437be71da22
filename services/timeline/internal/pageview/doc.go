// Package pageview keeps the read model of pages: one row for each page, folded from
// page.<id>.
//
// It stands beside the model of incidents, see package beside. A message is folded behind
// the row that is there; one that the row holds already changes nothing. A page has no
// words of its own: what it is about is read from the row of its alert, which also decides
// for whom the page exists.
package pageview
