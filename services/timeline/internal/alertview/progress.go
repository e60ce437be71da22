package alertview

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// progress is how far the log is folded into the rows.
type progress struct {
	fold       int
	alerts     eventlog.Position // of the last message of an alert
	redactions uint64            // sequence of the last redaction
}

func readProgress(ctx context.Context, pool *pgxpool.Pool) (progress, error) {
	var p progress
	var sequence, redactions int64
	var hash []byte
	err := pool.QueryRow(ctx, "select fold, epoch, sequence, hash, redactions from timeline_alert.progress").
		Scan(&p.fold, &p.alerts.Epoch, &sequence, &hash, &redactions)
	if err != nil {
		return p, postgres.Wrap("read progress of alerts", err)
	}
	p.alerts.Sequence, p.redactions = uint64(sequence), uint64(redactions)
	copy(p.alerts.Hash[:], hash)
	return p, nil
}

// stands tells whether the rows were folded from this log by this version.
func (p progress) stands(ctx context.Context, log eventlog.Reader) (bool, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return false, fmt.Errorf("find the end of the log: %w", err)
	}
	if p.fold != foldVersion || p.alerts.Epoch != head.Epoch {
		return false, nil
	}
	if p.alerts.Sequence == 0 {
		return true, nil
	}
	m, err := log.At(ctx, p.alerts.Sequence)
	_, hole := errors.AsType[*eventlog.HoleError](err)
	if errors.Is(err, eventlog.ErrNotFound) || hole {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("verify progress of alerts: %w", err)
	}
	hash, err := chain.LastHash(m.Data)
	return err == nil && hash == p.alerts.Hash, nil
}

// save moves the progress, never back. It fails when another log was folded
// meanwhile.
func (p progress) save(ctx context.Context, tx pgx.Tx) error {
	tag, err := tx.Exec(ctx, `update timeline_alert.progress set redactions = greatest(redactions, $4),
			hash = case when $2 > sequence then $3 else hash end, sequence = greatest(sequence, $2)
		where epoch = $1 and fold = $5`,
		p.alerts.Epoch, int64(p.alerts.Sequence), p.alerts.Hash[:], int64(p.redactions), p.fold)
	if err != nil {
		return postgres.Wrap("save progress of alerts", err)
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("save progress of alerts: %w", postgres.ErrConflict)
	}
	return nil
}

// replace sets the progress after a rebuild.
func (p progress) replace(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "update timeline_alert.progress set fold = $1, epoch = $2, sequence = $3, hash = $4, redactions = $5",
		p.fold, p.alerts.Epoch, int64(p.alerts.Sequence), p.alerts.Hash[:], int64(p.redactions))
	return postgres.Wrap("save progress of alerts", err)
}
