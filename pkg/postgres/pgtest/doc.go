// Package pgtest gives tests a real PostgreSQL: one private server for a test
// binary, one database for a test.
//
// A package declares one [Server] and runs its tests through it:
//
//	var server pgtest.Server
//
//	func TestMain(m *testing.M) { os.Exit(server.Run(m)) }
//
// When BRIDGELOG_TEST_DATABASE_URL is set, databases are made on that server
// instead. BRIDGELOG_POSTGRES_BIN names a directory of binaries.
package pgtest
