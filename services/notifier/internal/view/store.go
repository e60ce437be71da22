package view

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/view/db"
)

// Schema is where the view lives.
const Schema = "notifier_view"

//go:embed migrations/*.sql
var files embed.FS

// Store is the view in Postgres. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	q    *db.Queries
}

// New returns the view of a database that [Migrate] has prepared.
func New(pool *pgxpool.Pool) *Store { return &Store{pool: pool, q: db.New(pool)} }

// Migrate brings the schema to the version that this program needs.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	return postgres.Migrate(ctx, pool, Schema, migrations)
}

// Put writes incidents in a transaction; a row that is newer stays.
func (s *Store) Put(ctx context.Context, tx pgx.Tx, incidents []event.Incident) error {
	q := s.q.WithTx(tx)
	for i := range incidents {
		if err := q.Put(ctx, row(&incidents[i])); err != nil {
			return postgres.Wrap("write view", err)
		}
	}
	return nil
}

// Some returns the rows of incidents that are there, by id.
func (s *Store) Some(ctx context.Context, ids []string) (map[string]db.NotifierViewIncident, error) {
	rows, err := s.q.Some(ctx, ids)
	if err != nil {
		return nil, postgres.Wrap("read view", err)
	}
	out := make(map[string]db.NotifierViewIncident, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}

// Refresh rewrites the rows that are there of incidents whose history reads
// differently now.
func (s *Store) Refresh(ctx context.Context, tx pgx.Tx, incidents []event.Incident) error {
	q := s.q.WithTx(tx)
	for i := range incidents {
		if err := q.Refresh(ctx, db.RefreshParams(row(&incidents[i]))); err != nil {
			return postgres.Wrap("refresh view", err)
		}
	}
	return nil
}

// Private returns the ids of the private incidents.
func (s *Store) Private(ctx context.Context) ([]string, error) {
	ids, err := s.q.Private(ctx)
	return ids, postgres.Wrap("read view", err)
}

// Any tells whether the view has any incident.
func (s *Store) Any(ctx context.Context) (bool, error) {
	some, err := s.q.Any(ctx)
	return some, postgres.Wrap("read view", err)
}

// PrivateAmong returns those of the given incidents that are private.
func (s *Store) PrivateAmong(ctx context.Context, ids []string) ([]string, error) {
	private, err := s.q.PrivateAmong(ctx, ids)
	return private, postgres.Wrap("read view", err)
}

func row(i *event.Incident) db.PutParams {
	services := i.Services
	if services == nil {
		services = []string{}
	}
	return db.PutParams{
		ID: string(i.ID), Number: int64(i.Number), Title: i.Title, Severity: int32(i.Severity), Status: int32(i.Status),
		Services: services, Private: i.Private, Revision: int64(i.Revision),
	}
}

// same tells whether a row says what an incident is.
func same(r *db.NotifierViewIncident, i *event.Incident) bool {
	want := row(i)
	return r.Number == want.Number && r.Title == want.Title && r.Severity == want.Severity && r.Status == want.Status &&
		slices.Equal(r.Services, want.Services) && r.Private == want.Private && r.Revision == want.Revision
}
