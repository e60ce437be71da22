// Package document computes public documents from the log: one for each incident of
// which something was published, a pure fold over that incident's events alone, and
// one for each page, a function of the catalog alone.
//
// It is the only place where internal facts turn into public ones, and it works by
// an allow-list: nothing but what a public update says, and what the catalog says
// of pages and components, can get into a document. Notes, internal titles,
// severities, people and reasons are not even read. What an update says of a
// component names it by a digest, so that the name of one that is on no page stays
// unknown.
package document
