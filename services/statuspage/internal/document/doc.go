// Package document computes what one status page shows from the log: a pure fold
// over incidents' public updates, and a function from that fold and the catalog to
// a whole page document.
//
// It is the only place where internal facts turn into public ones, and it works by
// an allow-list: nothing but what a public update says, and what the catalog says
// of pages and components, can get into a document. Notes, internal titles,
// severities, people and reasons are not even read.
package document
