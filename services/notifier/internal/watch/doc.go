// Package watch follows what third parties say of themselves on their status pages, and
// has it recorded as changes of the services that they run: when something of theirs
// stops working as it should, and when it is well again.
//
// One process polls, whoever holds the turn. What it has to tell is kept before it is
// told, and each report has a key that follows from what it says, so that a kill at any
// time loses nothing and repeats nothing.
package watch
