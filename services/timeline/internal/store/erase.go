package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

// Erasure says what redactions left in the files of the live version.
type Erasure struct {
	Live Live
	// Wanted and Done count transactions that replaced redacted rows, and those of
	// them whose old rows are gone from the files.
	Wanted, Done int64
	// Bytes is how large the files are that hold what people wrote.
	Bytes int64
}

// Pending tells whether there is something to erase.
func (e Erasure) Pending() bool { return e.Wanted > e.Done }

// Erasure looks up what is to be erased. A version of another fold has nothing:
// it is replaced as a whole.
func (s *Store) Erasure(ctx context.Context) (Erasure, error) {
	const op = "look up erasure"
	live, err := s.Live(ctx)
	e := Erasure{Live: live}
	if err != nil {
		return e, err
	}
	err = s.inTx(ctx, op, func(tx pgx.Tx) error {
		if err := enterVersion(ctx, tx, live.Version); err != nil {
			return err
		}
		r, err := db.New(tx).Erasure(ctx)
		e.Wanted, e.Done, e.Bytes = r.Wanted, r.Done, r.Bytes
		return err
	})
	if errors.Is(err, postgres.ErrSchemaGone) {
		return e, nil
	}
	return e, err
}

// Patience of an erasure: with whoever reads a table that is to be written anew,
// and with transactions that may still see what was replaced.
const (
	eraseLockPatience = "5s"
	erasePatience     = time.Minute
	eraseLook         = 20 * time.Millisecond
)

// Rewrite writes the tables of the version and their indexes anew, without what is
// no part of them any more: a vacuum that leaves a table in its file would leave
// the old bytes in the free space of its pages, and old words in the index. Reads
// of a table wait while it is written, so it is for small ones.
func (e Erasure) Rewrite(ctx context.Context, s *Store) error {
	const op = "erase redacted rows"
	if err := s.awaitHorizon(ctx); err != nil {
		return err
	}
	return onConn(ctx, s.pool, op, "set statement_timeout to 0; set lock_timeout to '"+eraseLockPatience+"'", func(conn *pgxpool.Conn) error {
		for _, table := range []string{"incident", "entry", "entry_words"} {
			if _, err := conn.Exec(ctx, "vacuum (full) "+schemaOf(e.Live.Version)+"."+table); err != nil {
				return err
			}
		}
		return nil
	})
}

// awaitHorizon returns when no transaction can see what was replaced before now;
// as long as one can, rows are kept for it.
func (s *Store) awaitHorizon(ctx context.Context) error {
	const op = "wait for old transactions"
	ctx, cancel := context.WithTimeout(ctx, erasePatience)
	defer cancel()
	var now string
	if err := s.pool.QueryRow(ctx, "select pg_current_xact_id()::xid::text").Scan(&now); err != nil {
		return postgres.Wrap(op, err)
	}
	for {
		var held bool
		err := s.pool.QueryRow(ctx, `select exists (select from pg_stat_activity
			where backend_xmin is not null and age(backend_xmin) > age($1::text::xid))`, now).Scan(&held)
		if err != nil {
			return postgres.Wrap(op, err)
		}
		if !held {
			return nil
		}
		if err := wait.For(ctx, eraseLook); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
	}
}

// Erased notes that what the erasure found is gone.
func (e Erasure) Erased(ctx context.Context, s *Store) error {
	const op = "note erasure"
	return s.inTx(ctx, op, func(tx pgx.Tx) error {
		if err := enterVersion(ctx, tx, e.Live.Version); err != nil {
			return err
		}
		return db.New(tx).Erased(ctx, e.Wanted)
	})
}

// DropLog lets the database drop the part of its write-ahead log that was written
// so far, where it allows us to.
func (s *Store) DropLog(ctx context.Context) error {
	return onConn(ctx, s.pool, "drop write-ahead log", "set statement_timeout to 0", func(conn *pgxpool.Conn) error {
		for _, statement := range []string{"select pg_switch_wal()", "checkpoint"} {
			_, err := conn.Exec(ctx, statement)
			if answer, ok := errors.AsType[*pgconn.PgError](err); ok && answer.Code == insufficientPrivilege {
				return nil
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// insufficientPrivilege is the SQLSTATE of what a role may not do.
const insufficientPrivilege = "42501"

// onConn runs fn on a connection with settings of its own.
func onConn(ctx context.Context, pool *pgxpool.Pool, op, settings string, fn func(*pgxpool.Conn) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return postgres.Wrap(op, err)
	}
	defer conn.Release()
	if _, err = conn.Exec(ctx, settings); err == nil {
		err = fn(conn)
	}
	if _, reset := conn.Exec(context.WithoutCancel(ctx), "reset statement_timeout; reset lock_timeout; reset maintenance_work_mem"); reset != nil {
		_ = conn.Conn().Close(context.WithoutCancel(ctx)) // in an unknown state
	}
	return postgres.Wrap(op, err)
}
