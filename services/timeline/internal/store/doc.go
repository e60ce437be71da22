// Package store keeps the read model of incidents in PostgreSQL and answers
// queries from it.
//
// A version of the model stands in its own schema, timeline_v<N>. The one row of
// timeline.live says which one answers; every transaction follows it, so that a
// rebuilt version takes over between two of them ([Store.Swing]).
//
// Every query takes a [Viewer] and returns only what that viewer may see: what is
// private exists for its members and for admins. Lists page by keyset.
//
// Queries whose text is always the same stand in queries.sql and are compiled by
// sqlc into package db. By hand are those with filters (lists, entries, search),
// the form of bulk copies, what fingerprints whole rows, statements that name the
// schema of a version or are no queries (locks, vacuum, indexes), and the words that
// begin a transaction, which travel together.
//
// The package folds nothing: rows come from package fold.
package store
