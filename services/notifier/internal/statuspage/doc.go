// Package statuspage reads the pages on which third parties say how they do, through the
// public API of Statuspage, version 2, which others speak too. It asks politely: with what
// it knows of the last answer, and within bounds of time and bytes.
package statuspage
