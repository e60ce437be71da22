// Package spool keeps on disk what must not be lost while no system answers:
// declarations that could not be sent, and a copy of whom to reach.
//
// A kept declaration carries its request id and the time at which it was made.
// It is sent by the next command that reaches the same system, and by
// `bridgelog up`; however often it is sent, it declares one incident.
package spool
