// Package freeport finds loopback ports for servers that are told where to listen
// and may be started again at the same place: from a range that the system does not
// give to outgoing connections, which could otherwise take the port of a server
// that is stopped for a moment.
package freeport
