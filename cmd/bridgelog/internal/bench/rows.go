package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// rows is a plain table of made entries in the instance's own Postgres: what
// reading and writing as many rows costs without anything of ours.
type rows struct{ pool *pgxpool.Pool }

const createRows = `
CREATE UNLOGGED TABLE IF NOT EXISTS bench_rows ();
DROP TABLE bench_rows;
CREATE TABLE bench_rows (
	incident_id text NOT NULL, revision bigint NOT NULL, occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL, actor text NOT NULL, body text NOT NULL,
	PRIMARY KEY (incident_id, revision))`

const selectRows = `
SELECT incident_id, revision, occurred_at, recorded_at, actor, body
FROM bench_rows WHERE incident_id = $1 AND revision >= $2 ORDER BY revision LIMIT 50`

func openRows(ctx context.Context, url string) (*rows, error) {
	pool, err := postgres.Open(ctx, url, postgres.Options{Application: "bench", StatementTimeout: -1})
	if err != nil {
		return nil, err
	}
	if _, err := pool.Exec(ctx, createRows); err != nil {
		pool.Close()
		return nil, fmt.Errorf("make the table of the limit: %w", err)
	}
	return &rows{pool}, nil
}

// close drops the table, so that it does not stay in anybody's database.
func (r *rows) close(ctx context.Context) {
	_, _ = r.pool.Exec(ctx, "DROP TABLE IF EXISTS bench_rows")
	r.pool.Close()
}

// copy writes n rows by COPY, a history of perIncident rows after the other, and
// returns how long that took.
func (r *rows) copy(ctx context.Context, n, perIncident int) (time.Duration, error) {
	begin := time.Now()
	at := begin.AddDate(-1, 0, 0)
	source := pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		id := fmt.Sprintf("bench%021d", i/perIncident)
		return []any{id, int64(i%perIncident + 1), at, at, "bench", noteText}, nil
	})
	columns := []string{"incident_id", "revision", "occurred_at", "recorded_at", "actor", "body"}
	if _, err := r.pool.CopyFrom(ctx, pgx.Identifier{"bench_rows"}, columns, source); err != nil {
		return 0, fmt.Errorf("copy rows: %w", err)
	}
	return time.Since(begin), nil
}

// page reads fifty rows of one history.
func (r *rows) page(ctx context.Context, incident, from int) error {
	found, err := r.pool.Query(ctx, selectRows, fmt.Sprintf("bench%021d", incident), from)
	if err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	defer found.Close()
	for found.Next() {
		if _, err := found.Values(); err != nil {
			return fmt.Errorf("read rows: %w", err)
		}
	}
	return found.Err()
}
