package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

var errNotHere = errors.New("a statement of this kind is not possible here")

// queue runs compiled statements by adding them to a batch.
type queue struct{ batch *pgx.Batch }

var _ db.DBTX = queue{}

// Exec implements [db.DBTX].
func (q queue) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	q.batch.Queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

// Query implements [db.DBTX].
func (queue) Query(context.Context, string, ...any) (pgx.Rows, error) { return nil, errNotHere }

// QueryRow implements [db.DBTX].
func (queue) QueryRow(context.Context, string, ...any) pgx.Row { return &oneRow{err: errNotHere} }

// reading runs compiled queries on a snapshot.
type reading struct{ snapshot *Snapshot }

var _ db.DBTX = reading{}

// Exec implements [db.DBTX].
func (reading) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errNotHere
}

// Query implements [db.DBTX].
func (r reading) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return r.snapshot.query(ctx, sql, args...)
}

// QueryRow implements [db.DBTX].
func (r reading) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := r.snapshot.query(ctx, sql, args...)
	return &oneRow{rows: rows, err: err}
}

// oneRow is the first of some rows.
type oneRow struct {
	rows pgx.Rows
	err  error
}

// Scan implements [pgx.Row].
func (r *oneRow) Scan(to ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(to...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// compiled are the compiled queries on the snapshot.
func (s *Snapshot) compiled() *db.Queries { return db.New(reading{s}) }
