// Package statuspage is the public page: a relay that carries what may be public
// from the log to the stream PUBLIC, and a server that reads only that stream and
// keeps a copy on disk, so that it answers when everything else is down.
//
// The two have connections of their own, so that the server's credentials cannot
// read the log; a process may run either of them or both.
package statuspage
