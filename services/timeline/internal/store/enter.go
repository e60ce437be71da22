package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
)

// ErrOutdated means that the live version was made by another version of the
// fold, so this program must not write to it.
var ErrOutdated = errors.New("the timeline model was made by another version of this program: it has to be rebuilt first")

// swingLock is held, shared, by whoever writes to the live version, and alone by
// whoever replaces it.
func swingLock() int64 { return projection.LockKey("timeline: live version") }

// Enter sets the search path of a transaction to the live version and keeps it
// live until the transaction ends. It returns [ErrOutdated] when that version is
// not of the given fold.
func Enter(ctx context.Context, tx pgx.Tx, fold int) error {
	// Two statements: the version is looked up after the lock was waited for.
	batch := &pgx.Batch{}
	batch.Queue("select pg_advisory_xact_lock_shared($1)", swingLock())
	batch.Queue("select fold, set_config('search_path', 'timeline_v' || version, true) from timeline.live")
	results := tx.SendBatch(ctx, batch)
	_, errLock := results.Exec()
	var made int
	var path string
	errFind := results.QueryRow().Scan(&made, &path)
	if err := errors.Join(errLock, errFind, results.Close()); err != nil {
		return postgres.Wrap("find timeline model", err)
	}
	if made != fold {
		return ErrOutdated
	}
	return nil
}

// EnterSQL is Enter as statements without arguments; instead of [ErrOutdated] they
// leave the search path as it was.
func EnterSQL(fold int) []string {
	return []string{
		fmt.Sprintf("select pg_advisory_xact_lock_shared(%d)", swingLock()),
		fmt.Sprintf("select set_config('search_path', 'timeline_v' || version, true) from timeline.live where fold = %d", fold),
	}
}

// enterVersion sets the search path of a transaction to a version.
func enterVersion(ctx context.Context, tx pgx.Tx, version int) error {
	_, err := tx.Exec(ctx, "select set_config('search_path', $1, true)", schemaOf(version))
	return postgres.Wrap("find timeline model", err)
}
