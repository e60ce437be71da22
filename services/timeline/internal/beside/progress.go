package beside

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// progress is how far the log is folded into the rows.
type progress struct {
	fold       int
	last       eventlog.Position // of the last message of the kind
	redactions uint64            // sequence of the last redaction
}

func (v *View) readProgress(ctx context.Context) (progress, error) {
	var p progress
	var sequence, redactions int64
	var hash []byte
	err := v.pool.QueryRow(ctx, "select fold, epoch, sequence, hash, redactions from "+v.kind.Schema+".progress").
		Scan(&p.fold, &p.last.Epoch, &sequence, &hash, &redactions)
	if err != nil {
		return p, postgres.Wrap("read progress of "+v.kind.Name, err)
	}
	p.last.Sequence, p.redactions = uint64(sequence), uint64(redactions)
	copy(p.last.Hash[:], hash)
	return p, nil
}

// stands tells whether the rows were folded from this log by this version.
func (v *View) stands(ctx context.Context, p progress) (bool, error) {
	head, err := v.log.Head(ctx)
	if err != nil {
		return false, fmt.Errorf("find the end of the log: %w", err)
	}
	if p.fold != v.kind.Fold || p.last.Epoch != head.Epoch {
		return false, nil
	}
	if p.last.Sequence == 0 {
		return true, nil
	}
	m, err := v.log.At(ctx, p.last.Sequence)
	_, hole := errors.AsType[*eventlog.HoleError](err)
	if errors.Is(err, eventlog.ErrNotFound) || hole {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("verify progress of %s: %w", v.kind.Name, err)
	}
	hash, err := chain.LastHash(m.Data)
	return err == nil && hash == p.last.Hash, nil
}

// save moves the progress, never back. It fails when another log was folded
// meanwhile.
func (v *View) save(ctx context.Context, tx pgx.Tx, p progress) error {
	tag, err := tx.Exec(ctx, `update `+v.kind.Schema+`.progress set redactions = greatest(redactions, $4),
			hash = case when $2 > sequence then $3 else hash end, sequence = greatest(sequence, $2)
		where epoch = $1 and fold = $5`,
		p.last.Epoch, int64(p.last.Sequence), p.last.Hash[:], int64(p.redactions), p.fold)
	if err != nil {
		return postgres.Wrap("save progress of "+v.kind.Name, err)
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("save progress of %s: %w", v.kind.Name, postgres.ErrConflict)
	}
	return nil
}

// replace sets the progress after a rebuild.
func (v *View) replace(ctx context.Context, tx pgx.Tx, p progress) error {
	_, err := tx.Exec(ctx, "update "+v.kind.Schema+".progress set fold = $1, epoch = $2, sequence = $3, hash = $4, redactions = $5",
		p.fold, p.last.Epoch, int64(p.last.Sequence), p.last.Hash[:], int64(p.redactions))
	return postgres.Wrap("save progress of "+v.kind.Name, err)
}
