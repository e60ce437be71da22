// Package viewer reads the views beside the incidents as somebody: it waits for the
// writes that the caller has made, reads what the caller may see, and turns errors of
// the packages behind into refusals.
package viewer
