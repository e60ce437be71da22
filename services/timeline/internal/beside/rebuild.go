package beside

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// Outcome is what a rebuild found.
type Outcome struct {
	// All is the number of rows by the log, Corrected that of rows that were
	// missing, wrong or not in the log.
	All, Corrected uint64
}

// Rebuild computes all rows anew and corrects those that differ. Reads go on; what
// is new is written afterwards.
func (v *View) Rebuild(ctx context.Context) (Outcome, error) {
	at, outcome, err := v.rebuild(ctx)
	if err != nil {
		return outcome, err
	}
	v.advance(at.last.Sequence)
	return outcome, nil
}

// rebuild holds back writers while it compares. The lock's mode keeps out rows that are
// read for update, too: a writer that held some could neither go on nor be waited for.
func (v *View) rebuild(ctx context.Context) (progress, Outcome, error) {
	var at progress
	var outcome Outcome
	err := pgx.BeginFunc(ctx, v.pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			"set local statement_timeout to 0",
			"lock table " + v.kind.live() + " in exclusive mode",
			"create temp table fresh (like " + v.kind.live() + " including defaults, primary key (id)) on commit drop",
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		var err error
		if at, err = v.fill(ctx, tx); err != nil {
			return err
		}
		if outcome, err = v.replaceRows(ctx, tx); err != nil {
			return err
		}
		return v.replace(ctx, tx, at)
	})
	if err != nil {
		return at, outcome, postgres.Wrap("rebuild view of "+v.kind.Name, err)
	}
	v.logger.InfoContext(ctx, "view rebuilt", "rows", outcome.All, "corrected", outcome.Corrected)
	return at, outcome, nil
}

// errEnd ends a reading at its target.
var errEnd = errors.New("end of the reading")

// fill folds the log up to its end into the fresh table.
func (v *View) fill(ctx context.Context, tx pgx.Tx) (progress, error) {
	at := progress{fold: v.kind.Fold}
	head, err := v.log.Head(ctx)
	if err != nil {
		return at, fmt.Errorf("find the end of the log: %w", err)
	}
	at.last.Epoch = head.Epoch
	// Later redactions are folded by whoever follows from here.
	if at.redactions, err = v.log.LastSequence(ctx, eventlog.FilterRedactions); err != nil {
		return at, fmt.Errorf("find the last redaction: %w", err)
	}
	target, err := v.log.LastSequence(ctx, v.kind.Filter)
	if err != nil || target == 0 {
		return at, err
	}
	c, n := v.kind.NewBatch(), 0
	err = v.log.TailSubjects(ctx, v.kind.Filter, 0, func(m eventlog.Message) error {
		if err := c.Add(m); err != nil {
			v.metrics.skipped.Inc()
			v.logger.ErrorContext(ctx, "a message cannot be read and is passed over", "sequence", m.Sequence, "error", err)
		}
		at.reach(m)
		if n++; n%maxBatch != 0 && m.Sequence < target {
			return nil
		}
		if err := c.Write(ctx, tx, fresh); err != nil {
			return err
		}
		c = v.kind.NewBatch()
		if m.Sequence >= target {
			return errEnd
		}
		return nil
	})
	if errors.Is(err, errEnd) {
		return at, nil
	}
	return at, err
}

// replaceRows makes the live table what the fresh one is, and counts.
func (v *View) replaceRows(ctx context.Context, tx pgx.Tx) (Outcome, error) {
	live := v.kind.live()
	var counts [3]int64
	for i, sql := range []string{
		"delete from " + live + " a where not exists (select from pg_temp.fresh f where f.id = a.id)",
		"delete from " + live + " a using pg_temp.fresh f where f.id = a.id and f.* is distinct from a.*",
		"insert into " + live + " select f.* from pg_temp.fresh f where not exists (select from " + live + " a where a.id = f.id)", //nolint:unqueryvet // the fresh table was made like the live one
	} {
		tag, err := tx.Exec(ctx, sql)
		if err != nil {
			return Outcome{}, err
		}
		counts[i] = tag.RowsAffected()
	}
	var all int64
	if err := tx.QueryRow(ctx, "select count(*) from pg_temp.fresh").Scan(&all); err != nil {
		return Outcome{}, err
	}
	return Outcome{All: uint64(all), Corrected: uint64(counts[0] + counts[2])}, nil
}
