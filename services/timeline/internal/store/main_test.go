package store_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// foldVersion is that of the models of these tests.
const foldVersion = 7

// prepared is a store with an empty model on a pool of one connection, so that
// what one read leaves behind meets the next.
func prepared(t *testing.T) (*store.Store, *pgxpool.Pool) {
	t.Helper()
	config, err := pgxpool.ParseConfig(server.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := store.New(pool)
	if err := s.Prepare(t.Context(), foldVersion); err != nil {
		t.Fatal(err)
	}
	return s, pool
}

// write writes rows into the live version.
func write(t *testing.T, pool *pgxpool.Pool, rows fold.Rows) {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // committed below
	if err := store.Enter(t.Context(), tx, foldVersion); err != nil {
		t.Fatal(err)
	}
	if err := store.Write(t.Context(), tx, rows); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// some is an incident that everybody may see.
func some(id string, number int64) row.Incident {
	return row.Incident{
		ID: id, Number: number, Revision: 1, Severity: "SEV-2", Status: "triage", Kind: "incident", Open: true,
		Services: []string{}, Holders: []string{}, Members: []string{}, Document: []byte{},
	}
}
