package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

const (
	// rewritten is how large, in bytes, the ledger may be to be written anew after a
	// redaction: well under a second.
	rewritten = 64 << 20
	// horizonLook is how often old transactions are looked for, horizonPatience how
	// long they are waited for.
	horizonLook     = 50 * time.Millisecond
	horizonPatience = 30 * time.Second
	// insufficientPrivilege is the SQLSTATE of what a role may not do.
	insufficientPrivilege = "42501"
)

// Erase removes what redactions have replaced from the files of the database, and
// tells whether there was anything. A ledger up to 64 MB is written anew, for which
// lanes wait; of a larger one the old rows are given free, and their bytes are
// overwritten when the space is used again. Then the write-ahead log is switched
// and checkpointed where the role may.
func (l *Ledger) Erase(ctx context.Context) (bool, error) {
	found, err := l.q.PendingErasure(ctx)
	if err != nil || found.Wanted <= found.Done {
		return false, postgres.Wrap("look for erasures", err)
	}
	if err := l.awaitHorizon(ctx); err != nil {
		return false, err
	}
	var size int64
	err = l.pool.QueryRow(ctx, "select pg_total_relation_size('notifier_ledger.delivery') + pg_total_relation_size('notifier_ledger.attempt')").Scan(&size)
	if err != nil {
		return false, postgres.Wrap("measure ledger", err)
	}
	how := "vacuum (full) "
	if size > rewritten {
		how = "vacuum "
	}
	for _, table := range []string{"notifier_ledger.delivery", "notifier_ledger.attempt", "notifier_view.incident"} {
		if _, err := l.pool.Exec(ctx, how+table); err != nil {
			return false, postgres.Wrap("erase", err)
		}
	}
	if err := l.dropLog(ctx); err != nil {
		return false, err
	}
	return true, postgres.Wrap("note erasure", l.q.Erased(ctx, found.Wanted))
}

// awaitHorizon returns when no transaction can see what was replaced before now.
func (l *Ledger) awaitHorizon(ctx context.Context) error {
	const op = "wait for old transactions"
	ctx, cancel := context.WithTimeout(ctx, horizonPatience)
	defer cancel()
	var now string
	if err := l.pool.QueryRow(ctx, "select pg_current_xact_id()::xid::text").Scan(&now); err != nil {
		return postgres.Wrap(op, err)
	}
	for {
		var held bool
		err := l.pool.QueryRow(ctx, `select exists (select from pg_stat_activity
			where backend_xmin is not null and age(backend_xmin) > age($1::text::xid))`, now).Scan(&held)
		if err != nil || !held {
			return postgres.Wrap(op, err)
		}
		if err := wait.For(ctx, horizonLook); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
	}
}

func (l *Ledger) dropLog(ctx context.Context) error {
	for _, statement := range []string{"select pg_switch_wal()", "checkpoint"} {
		_, err := l.pool.Exec(ctx, statement)
		if answer, ok := errors.AsType[*pgconn.PgError](err); ok && answer.Code == insufficientPrivilege {
			return nil
		}
		if err != nil {
			return postgres.Wrap("drop write-ahead log", err)
		}
	}
	return nil
}

// Naming returns the incidents whose deliveries name a person by id.
func (l *Ledger) Naming(ctx context.Context, person string) ([]string, error) {
	ids, err := l.q.IncidentsNaming(ctx, person)
	return ids, postgres.Wrap("look for what names a person", err)
}
