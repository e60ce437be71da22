// Package playbook is how a team handles incidents: severities, roles, checklists,
// templates and clocks, as resources of the catalog.
//
// A [Playbook] joins what is configured with what is built in. Of each kind the
// configured resources count; where a kind has none, those that are compiled in
// (folder builtin). What a resource refers to by name may be built in either way, so
// that a team may write its own severities and keep our clocks.
//
// The package is pure: it reads no files and asks no clock. Times are the matter of
// package clock, business hours of package calendar, texts of package template.
package playbook
