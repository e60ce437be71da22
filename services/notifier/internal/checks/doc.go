// Package checks measures the services of incidents and has it written down what that
// shows: when an incident is declared, and when somebody asks.
//
// A [Desk] finds the metrics in the catalog, asks their integrations, judges the answers
// and asks command to record them; the rules of the domain write each check of a run once
// however many desks are at work. A [Keeper] does so for whatever is declared. Neither
// keeps anything nor needs a database. A source that does not answer is asked once.
package checks
