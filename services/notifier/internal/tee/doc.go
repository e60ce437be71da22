// Package tee forwards alerts to other tools that page: PagerDuty (Events API v2) and
// Opsgenie (Alert API v2). A trigger, the acknowledgment and the end of an alert are told
// in this order, under the alert's id as key, so that what is told twice is one there.
//
// What is to be told is always read from the alert in the log; the ledger remembers how
// far it has got. So a restart tells what was not told, and nothing is told of the past.
package tee
