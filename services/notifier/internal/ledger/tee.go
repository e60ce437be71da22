package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// Tee is an alert that an integration hears of.
type Tee struct {
	AlertID, IntegrationID string
	// Series has those alerts in common that the integration may know by one key: they are
	// told of one after the other. Empty: its key is its own.
	Series string
}

// AddTees adds alerts to be forwarded, unless that is done, and has those looked at again
// to which something happened: those that were noted when their next attempt is due.
func (l *Ledger) AddTees(ctx context.Context, tx pgx.Tx, added []Tee, moved, noted []string) error {
	p := db.AddTeeParams{}
	for _, t := range added {
		p.AlertIds, p.IntegrationIds = append(p.AlertIds, t.AlertID), append(p.IntegrationIds, t.IntegrationID)
		p.Series = append(p.Series, t.Series)
	}
	q := l.q.WithTx(tx)
	if len(added) > 0 {
		if err := q.AddTee(ctx, p); err != nil {
			return postgres.Wrap("add alerts to forward", err)
		}
	}
	var err error
	if len(moved) > 0 {
		err = q.WakeTee(ctx, moved)
	}
	if len(noted) > 0 && err == nil {
		err = q.WakeRestingTee(ctx, noted)
	}
	return postgres.Wrap("wake alerts to forward", err)
}

// TakeTees takes alerts that are due to be forwarded, for a while; none of those
// integrations that are busy.
func (l *Ledger) TakeTees(ctx context.Context, lease time.Duration, busy []string, most int) ([]db.NotifierLedgerTee, error) {
	if busy == nil {
		busy = []string{}
	}
	rows, err := l.q.TakeTee(ctx, db.TakeTeeParams{Seconds: lease.Seconds(), Busy: busy, Most: int64(most)})
	return rows, postgres.Wrap("take alerts to forward", err)
}

// SaveTee writes down how far forwarding an alert has got, and gives it back until the
// wait is over.
func (l *Ledger) SaveTee(ctx context.Context, t db.NotifierLedgerTee, wait time.Duration) error {
	return postgres.Wrap("save what was forwarded", l.q.SaveTee(ctx, db.SaveTeeParams{
		TriggeredAt: t.TriggeredAt, AcknowledgedAt: t.AcknowledgedAt, ResolvedAt: t.ResolvedAt, State: t.State, Noted: t.Noted, Attempts: t.Attempts, DueAt: t.DueAt,
		WaitSeconds: wait.Seconds(), Note: t.Note, NoteKey: t.NoteKey, AlertID: t.AlertID, IntegrationID: t.IntegrationID,
	}))
}

// TryTee writes down that the trigger of an alert may get there from now on, under a key,
// and returns that: none where the tool knows an alert of another sender by it, which is not
// over.
func (l *Ledger) TryTee(ctx context.Context, t db.NotifierLedgerTee) (key string, err error) {
	err = pgx.BeginFunc(ctx, l.pool, func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		if t.Key != "" {
			if err := q.LockTeeKey(ctx, db.LockTeeKeyParams{IntegrationID: t.IntegrationID, Key: t.Key}); err != nil {
				return err
			}
		}
		key, err = q.TryTee(ctx, db.TryTeeParams{AlertID: t.AlertID, IntegrationID: t.IntegrationID, Key: t.Key})
		return err
	})
	return key, postgres.Wrap("note that an alert is forwarded", err)
}
