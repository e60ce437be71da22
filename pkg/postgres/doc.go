// Package postgres opens pools, applies migrations and translates errors for
// every service that keeps rows in PostgreSQL.
//
// It knows nothing about what the rows mean: schemas and queries belong to the
// services. Errors that leave it are the ones of this package, so no text of the
// driver or of the server reaches a caller's answer; [Unmask] gives the original
// to a logger.
//
// Package private runs a server of our own, package pgtest gives tests one.
package postgres
