package private

import "errors"

var (
	// ErrNoBinaries: no PostgreSQL server was found on this machine.
	ErrNoBinaries = errors.New("no PostgreSQL server was found on this machine: install one (Debian: apt-get install postgresql), run make postgres, or pass --database-url")
	// ErrInUse: another process runs the server of this directory.
	ErrInUse = errors.New("the database directory is in use by another process")
	// ErrVersion: the cluster was made by a PostgreSQL version that is not here.
	ErrVersion = errors.New("the database was made by another version of PostgreSQL")
	// ErrStart: the server did not start.
	ErrStart = errors.New("the PostgreSQL server did not start")
)
