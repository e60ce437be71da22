package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

// Swing replaces the live version by a new one. While nobody can write to the
// live version it calls last with the live position; last brings the new version
// there, and its error keeps everything as it is. Reads go on all the time.
func (s *Store) Swing(ctx context.Context, m *Model, live Live, fold int, last func(eventlog.Position, pgx.Tx) error) error {
	var refused error
	err := s.inTx(ctx, "swing timeline model", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", swingLock()); err != nil {
			return err
		}
		if err := enterVersion(ctx, tx, live.Version); err != nil {
			return err
		}
		at, err := projection.Checkpoint(ctx, tx)
		if err != nil {
			return err
		}
		if refused = last(at, tx); refused != nil {
			return refused
		}
		return db.New(tx).SwingLive(ctx, db.SwingLiveParams{Version: int32(m.Version), Fold: int32(fold)})
	})
	if refused != nil {
		return refused
	}
	return err
}

// LiveDigests fingerprints some incidents of the version on the search path.
func LiveDigests(ctx context.Context, tx pgx.Tx, only []string) (Digests, error) {
	return digests(ctx, tx, only)
}

// LivePosition is how far the log is folded in a version.
func (s *Store) LivePosition(ctx context.Context, live Live) (eventlog.Position, error) {
	var at eventlog.Position
	err := s.inTx(ctx, "read checkpoint", func(tx pgx.Tx) (err error) {
		if err = enterVersion(ctx, tx, live.Version); err == nil {
			at, err = projection.Checkpoint(ctx, tx)
		}
		return err
	})
	return at, postgres.Wrap("read checkpoint", err)
}

// DropOld removes every version but the live one.
func (s *Store) DropOld(ctx context.Context) error {
	live, err := s.Live(ctx)
	if err != nil {
		return err
	}
	return s.dropOthers(ctx, live.Version)
}
