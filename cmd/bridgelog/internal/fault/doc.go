// Package fault turns every way in which a command can end into one sentence
// for people, one object for scripts and one exit code.
package fault
