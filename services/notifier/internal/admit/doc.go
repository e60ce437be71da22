// Package admit stands between the ledger and everything that leaves: before
// anything is created or sent, and again after every trouble with the database, it
// makes sure that the ledger knows what was sent.
package admit
