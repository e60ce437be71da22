package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
	"github.com/bridgelog/bridgelog/services/notifier/internal/watch"
)

// Pages is the memory of what status pages said.
type Pages struct{ *Ledger }

var _ watch.Memory = Pages{}

// Recall implements watch.Memory.
func (p Pages) Recall(ctx context.Context) (map[string]watch.Remembered, error) {
	rows, err := p.q.StatusWatches(ctx)
	if err != nil {
		return nil, postgres.Wrap("read what status pages said", err)
	}
	out := make(map[string]watch.Remembered, len(rows))
	for _, row := range rows {
		r := watch.Remembered{NextAt: row.NextAt}
		if err := json.Unmarshal(row.Kept, &r.Kept); err != nil {
			return nil, fmt.Errorf("read what status pages said: %s: %w", row.Integration, err)
		}
		out[row.Integration] = r
	}
	return out, nil
}

// Keep implements watch.Memory.
func (p Pages) Keep(ctx context.Context, integration string, r watch.Remembered) error {
	kept, err := json.Marshal(r.Kept)
	if err != nil {
		return fmt.Errorf("keep what status pages said: %w", err)
	}
	return postgres.Wrap("keep what status pages said", p.q.KeepStatusWatch(ctx, db.KeepStatusWatchParams{
		Integration: integration, NextAt: r.NextAt, Kept: kept,
	}))
}

// Forget implements watch.Memory.
func (p Pages) Forget(ctx context.Context, integration string) error {
	return postgres.Wrap("forget what status pages said", p.q.ForgetStatusWatch(ctx, integration))
}
