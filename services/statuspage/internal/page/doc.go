// Package page computes what customers may see. It is the only place where
// internal history becomes a public document, and it is pure: the document has a
// type of its own, and whatever has no field there cannot leave.
//
// Public are the updates that somebody published and did not retract, the public
// title, and the components of the catalog. Titles, notes, severities, people and
// alerts are not; the title of an incident that is not private becomes public
// with its first update, as it was then, when that brings no title of its own.
package page
