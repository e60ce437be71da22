// Package incident is the domain: what can happen to an incident, who may make
// it happen, and what is so afterwards.
//
// A [Command] is a wish, an [Event] is a fact. [Decide] turns a wish into facts
// or refuses it with a [Rejection]; [Evolve] folds facts into a [State] and
// never refuses, because history is true. Both are pure: no clock, no ids, no
// I/O. Time and ids arrive in the [Context] and in the commands.
//
// A feature is one file: its command, its event, its rule and its fold. A new
// event also needs a line in [Visitor], which makes every consumer that does
// not handle it fail to compile, and a line in the list behind [Types].
//
// The package is not the stored form (package record), not the log (package
// eventlog) and not a view for people (the timeline service).
package incident
