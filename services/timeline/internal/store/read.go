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
// function it was given to, on one goroutine.
type Snapshot struct {
	conn   *pgx.Conn
	viewer Viewer
	// Live is the version that answers.
	Live Live
	// Position is how far the log is folded in it.
	Position eventlog.Position
}

// begin starts a transaction on the live version and finds its position, in one
// round trip. Each query is planned for its own arguments: what is quickest for a
// service that everybody has is slow for one that few have.
const begin = `begin read only, isolation level repeatable read;
set local plan_cache_mode to force_custom_plan;
select version, fold, searchable, set_config('search_path', 'timeline_v' || version, true) from timeline.live;
select epoch, sequence, hash from checkpoint`

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
	snapshot := &Snapshot{conn: conn.Conn(), viewer: v}
	if err := snapshot.begin(ctx); err != nil {
		rollback(ctx, conn)
		return postgres.Wrap(op, err)
	}
	if err := fn(snapshot); err != nil {
		rollback(ctx, conn)
		return err
	}
	if _, err := conn.Conn().PgConn().Exec(ctx, "commit").ReadAll(); err != nil {
		rollback(ctx, conn)
		return postgres.Wrap(op, err)
	}
	return nil
}

// rollback ends a transaction whatever its state. A connection on which that
// fails is closed, and the pool makes another.
func rollback(ctx context.Context, conn *pgxpool.Conn) {
	if conn.Conn().IsClosed() {
		return
	}
	if _, err := conn.Conn().PgConn().Exec(context.WithoutCancel(ctx), "rollback").ReadAll(); err != nil {
		_ = conn.Conn().Close(context.WithoutCancel(ctx))
	}
}

func (s *Snapshot) begin(ctx context.Context) error {
	results, err := s.conn.PgConn().Exec(ctx, begin).ReadAll()
	if err != nil {
		return err
	}
	if len(results) != 4 || len(results[2].Rows) != 1 || len(results[3].Rows) != 1 {
		return fmt.Errorf("the timeline model is incomplete: %w", postgres.ErrSchemaGone)
	}
	if s.Live, err = liveOf(results[2]); err != nil {
		return err
	}
	s.Position, err = positionOf(results[3])
	return err
}

// positionOf reads the row of checkpoint, whose values come as text.
func positionOf(r *pgconn.Result) (eventlog.Position, error) {
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
	row := r.Rows[0]
	version, errVersion := strconv.Atoi(string(row[0]))
	fold, errFold := strconv.Atoi(string(row[1]))
	return Live{Version: version, Fold: fold, Searchable: string(row[2]) == "t"}, errors.Join(errVersion, errFold)
}
