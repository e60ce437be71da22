// Package private runs a PostgreSQL server that belongs to one Bridgelog data
// directory: it finds the binaries, makes the cluster, starts the server on a
// loopback port of its own and stops it cleanly.
//
// The server dies with its parent. On Linux the kernel asks it to stop when the
// parent is killed; whatever is still alive at the next start is stopped first.
// A lock keeps two parents off one directory.
//
// Run by root, the server runs as "postgres" or "nobody". The directory may lie
// where that account cannot reach it, such as below /root: the server is given
// an open descriptor of its directory instead of a path.
//
// The package does not make pools or schemas; see package postgres.
package private
