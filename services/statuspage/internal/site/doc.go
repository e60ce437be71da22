// Package site renders a page document into everything that is served for it:
// HTML that needs no script, the JSON of Statuspage's API v2, and a feed. It is
// pure: the same document gives the same bytes.
package site
