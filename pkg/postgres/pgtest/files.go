package pgtest

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Files returns the files of the database of a pool and of the server's write-ahead
// log that hold some bytes, as they are after a checkpoint. The server reads them,
// since they may lie where the test cannot look.
func Files(t testing.TB, pool *pgxpool.Pool, text string) []string {
	t.Helper()
	if _, err := pool.Exec(t.Context(), "checkpoint"); err != nil {
		t.Fatal(err)
	}
	rows, err := pool.Query(t.Context(), `
		with folder as (
			select 'pg_wal' as name union select 'base/' || oid from pg_database where datname = current_database()
		), file as (
			select folder.name || '/' || f as name from folder, pg_ls_dir(folder.name) f
		)
		select name from file where not (pg_stat_file(name, true)).isdir
			and position(convert_to($1, 'UTF8') in pg_read_binary_file(name, 0, 1 << 29, true)) > 0`, text)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}
