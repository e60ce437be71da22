package store

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
)

// Model is a version that is being built beside the live one. One process at a
// time builds; see package rebuild.
type Model struct {
	pool *pgxpool.Pool
	// Version is the number of its schema.
	Version int
}

// NewModel makes the empty tables of the version after the live one. What earlier
// attempts left behind is removed.
func (s *Store) NewModel(ctx context.Context, live Live) (*Model, error) {
	m := &Model{pool: s.pool, Version: live.Version + 1}
	if err := s.dropOthers(ctx, live.Version); err != nil {
		return nil, err
	}
	err := s.inTx(ctx, "make timeline model", func(tx pgx.Tx) error {
		return createModel(ctx, tx, m.Version, modelSQL, projection.CheckpointTable)
	})
	return m, err
}

// dropOthers removes every version but one.
func (s *Store) dropOthers(ctx context.Context, keep int) error {
	const op = "drop old timeline models"
	rows, err := s.pool.Query(ctx, `select nspname::text from pg_namespace where nspname ~ '^timeline_v[0-9]+$' and nspname <> $1`, schemaOf(keep))
	if err != nil {
		return postgres.Wrap(op, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return postgres.Wrap(op, err)
	}
	for _, name := range names {
		if _, err := s.pool.Exec(ctx, "drop schema "+name+" cascade"); err != nil {
			return postgres.Wrap(op, err)
		}
	}
	return nil
}

// inTx runs fn in a transaction whose search path is the version.
func (m *Model) inTx(ctx context.Context, op string, fn func(pgx.Tx) error) error {
	return postgres.Wrap(op, pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		if err := enterVersion(ctx, tx, m.Version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "set local synchronous_commit to off; set local statement_timeout to 0"); err != nil {
			return err
		}
		return fn(tx)
	}))
}

// FillIncidents makes the table of incidents with its indexes. next returns the
// next row until there is none. In one transaction with its making a table is
// filled without a trace in the write-ahead log, where the server allows that.
func (m *Model) FillIncidents(ctx context.Context, next func() (*row.Incident, error)) error {
	return m.fill(ctx, incidentSQL, incidentIndexesSQL, "analyze incident, incident_service", func(tx pgx.Tx) error {
		var values []any
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"incident"}, row.IncidentColumns(), pgx.CopyFromFunc(func() ([]any, error) {
			r, err := next()
			if r == nil || err != nil {
				return nil, err
			}
			values = r.Values(values[:0])
			return values, nil
		}))
		return err
	})
}

// FillEntries makes the table of entries with its index, as FillIncidents does.
// next returns the next rows in the form of [row.Entry.AppendBinary], and nil at
// the end.
func (m *Model) FillEntries(ctx context.Context, next func() ([]byte, error)) error {
	return m.fill(ctx, entrySQL, entryIndexesSQL, "analyze entry", func(tx pgx.Tx) error {
		_, err := tx.Conn().PgConn().CopyFrom(ctx, &entryReader{next: next},
			"copy entry ("+strings.Join(row.EntryColumns(), ", ")+") from stdin with (format binary, freeze)")
		return err
	})
}

func (m *Model) fill(ctx context.Context, table, indexes, analyze string, copyRows func(pgx.Tx) error) error {
	return m.inTx(ctx, "fill timeline model", func(tx pgx.Tx) error {
		script := func(sql string) error {
			_, err := tx.Conn().PgConn().Exec(ctx, sql).ReadAll()
			return err
		}
		if err := script(table); err != nil {
			return err
		}
		if err := copyRows(tx); err != nil {
			return err
		}
		if err := script("set local maintenance_work_mem to '256MB'"); err != nil {
			return err
		}
		if err := script(indexes); err != nil {
			return err
		}
		return script(analyze)
	})
}

// entryReader is the stream of entries in the binary form of COPY.
type entryReader struct {
	next    func() ([]byte, error)
	pending []byte // made but not yet read
	buffer  []byte
	state   copyState
}

// copyState is how far a stream is.
type copyState int

const (
	copyBegin copyState = iota
	copyRows
	copyEnd
)

// copyBuffer is how much is made at once, in bytes.
const copyBuffer = 64 << 10

// Read implements [io.Reader].
func (r *entryReader) Read(p []byte) (int, error) {
	if len(r.pending) == 0 {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	if len(r.pending) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

func (r *entryReader) fill() error {
	b := r.buffer[:0]
	if r.state == copyBegin {
		b, r.state = append(b, row.Signature...), copyRows
	}
	for r.state == copyRows && len(b) < copyBuffer {
		e, err := r.next()
		if err != nil {
			return err
		}
		if e == nil {
			b, r.state = append(b, row.Trailer...), copyEnd
			break
		}
		b = append(b, e...)
	}
	r.buffer, r.pending = b, b
	return nil
}

// Begin notes how far the log is folded in the filled version.
func (m *Model) Begin(ctx context.Context, at eventlog.Position, problems []fold.Problem) error {
	return m.Advance(ctx, eventlog.Position{}, at, fold.Rows{Problems: problems})
}

// Advance writes rows and moves the version's checkpoint.
func (m *Model) Advance(ctx context.Context, from, to eventlog.Position, rows fold.Rows) error {
	return m.inTx(ctx, "catch up timeline model", func(tx pgx.Tx) error {
		if err := projection.Advance(ctx, tx, from, to); err != nil {
			return err
		}
		return Write(ctx, tx, rows)
	})
}

// Replace writes rows of the position where the version is.
func (m *Model) Replace(ctx context.Context, rows fold.Rows) error {
	return m.inTx(ctx, "refresh timeline model", func(tx pgx.Tx) error { return Write(ctx, tx, rows) })
}

// Drop removes the version, which must not be live.
func (m *Model) Drop(ctx context.Context) error {
	_, err := m.pool.Exec(ctx, fmt.Sprintf("drop schema if exists %s cascade", schemaOf(m.Version)))
	return postgres.Wrap("drop timeline model", err)
}
