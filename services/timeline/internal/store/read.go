package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// Viewer is who reads.
type Viewer struct {
	// Person is who it is, for incidents that only members may see.
	Person incident.PersonID
	// Everything is true for admins.
	Everything bool
}

// Snapshot is one consistent view of the live model. It is valid inside the
// function it was given to, on one goroutine. Its transaction begins with the first
// query, in the same round trip.
type Snapshot struct {
	conn     *pgx.Conn
	prepared *statements
	viewer   Viewer
	begun    bool
	last     bool             // the next query is the last
	sent     *pgconn.Pipeline // of which not everything was received yet; may be nil
	ended    bool             // the end of the transaction was sent

	// Live is the version that answers. It and Position are known after the first
	// query.
	Live Live
	// Position is how far the log is folded in it.
	Position eventlog.Position
}

// Last says that the next query is the last one, so that the end of the
// transaction travels with it. A query after it fails.
func (s *Snapshot) Last() { s.last = true }

// Read runs fn on one consistent snapshot of the live model. fn may run twice,
// since the version can be replaced between finding and reading it.
func (s *Store) Read(ctx context.Context, op string, v Viewer, fn func(*Snapshot) error) error {
	if err := s.awaitPrepared(ctx, op); err != nil {
		return err
	}
	err := s.readOnce(ctx, op, v, fn)
	if errors.Is(err, postgres.ErrSchemaGone) {
		err = s.readOnce(ctx, op, v, fn)
	}
	return err
}

func (s *Store) readOnce(ctx context.Context, op string, v Viewer, fn func(*Snapshot) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return postgres.Wrap(op, err)
	}
	defer conn.Release()
	snapshot := &Snapshot{conn: conn.Conn(), prepared: statementsOf(conn.Conn()), viewer: v}
	err = fn(snapshot)
	if end := snapshot.end(ctx); err == nil {
		err = postgres.Wrap(op, end)
	}
	if err != nil {
		rollback(ctx, conn)
	}
	return err
}

// rollback ends a transaction whatever its state. A connection on which that
// fails is closed, and the pool makes another.
func rollback(ctx context.Context, conn *pgxpool.Conn) {
	if conn.Conn().IsClosed() || conn.Conn().PgConn().TxStatus() == 'I' {
		return
	}
	if _, err := conn.Conn().PgConn().Exec(context.WithoutCancel(ctx), "rollback").ReadAll(); err != nil {
		_ = conn.Conn().Close(context.WithoutCancel(ctx))
	}
}

// positionOf reads the row of checkpoint, whose values come as text.
func positionOf(r *pgconn.Result) (eventlog.Position, error) {
	if r.Err != nil || len(r.Rows) != 1 {
		return eventlog.Position{}, errors.Join(r.Err, errIncomplete())
	}
	row := r.Rows[0]
	p := eventlog.Position{Epoch: string(row[0])}
	sequence, err := strconv.ParseUint(string(row[1]), 10, 64)
	if err != nil {
		return p, fmt.Errorf("read checkpoint: %w", err)
	}
	p.Sequence = sequence
	if _, err := hex.Decode(p.Hash[:], bytes.TrimPrefix(row[2], []byte(`\x`))); err != nil {
		return p, fmt.Errorf("read checkpoint: %w", err)
	}
	return p, nil
}

// liveOf reads the row of timeline.live, whose values come as text.
func liveOf(r *pgconn.Result) (Live, error) {
	if r.Err != nil || len(r.Rows) != 1 {
		return Live{}, errors.Join(r.Err, errIncomplete())
	}
	row := r.Rows[0]
	version, errVersion := strconv.Atoi(string(row[0]))
	fold, errFold := strconv.Atoi(string(row[1]))
	return Live{Version: version, Fold: fold, Searchable: string(row[2]) == "t"}, errors.Join(errVersion, errFold)
}

func errIncomplete() error {
	return fmt.Errorf("the timeline model is incomplete: %w", postgres.ErrSchemaGone)
}
