// Package incidenttest makes incident histories for tests: filled examples of
// every event ([Samples]), a log in memory that decides and records ([History]),
// and commands of every kind that are made up ([Explorer]). Its clock and ids are
// fixed, so that results can be compared. [Explore] asks the rules themselves who
// may do what; the page of events is written from its answer.
package incidenttest
