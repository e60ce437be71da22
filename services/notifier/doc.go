// Package notifier tells others what happens: it follows the log and delivers
// events to webhooks, signed, again and again until they arrive or the schedule
// ends.
//
// What it did is a ledger in Postgres that is never rebuilt. It reads the log and
// the catalog, and writes neither.
package notifier
