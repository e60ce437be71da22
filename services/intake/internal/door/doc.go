// Package door takes what machines send over HTTP, stores it, and only then says
// that it has it. It understands just enough to refuse at once what could never
// be accepted.
package door
