// Package highwater keeps, outside the ledger's database, how far sending may have
// got: the number of the last round of attempts and the place in the log of the
// last event in it.
//
// The mark is raised before the first byte of a round leaves. A ledger whose own
// rounds end before the mark is an older copy of itself: it does not know what was
// sent since. It lives in NATS because a dump of Postgres that is restored must
// not bring the mark back with it.
package highwater
