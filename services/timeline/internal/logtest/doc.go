// Package logtest writes incidents to a log as command does, for tests of this
// service: commands are decided by the domain, sealed and appended.
package logtest
