// Package memory is an [eventlog.Log] in memory, for tests of everything that
// builds on the log. It passes the same conformance suite as the real one and
// adds ways to damage it ([Log.Lose], [Log.Truncate]).
package memory
