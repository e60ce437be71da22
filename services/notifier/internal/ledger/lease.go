package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// Lease is a receiver in the hands of one lane, for one round.
type Lease struct {
	// Round numbers the round; numbers only grow.
	Round uint64
	// Failures is how many rounds have failed since the last success.
	Failures int
	// Throttled: nothing may be attempted yet.
	Throttled bool
	// DisabledRevision is that of the resource when the receiver was disabled by
	// itself; 0 when it was not.
	DisabledRevision uint64
}

// Lease takes a receiver for a lane until the given time has passed, says that
// everything created so far is seen, and returns the oldest deliveries that are to
// be attempted now. It is false when another lane has it.
func (l *Ledger) Lease(ctx context.Context, webhook, owner string, d time.Duration, most int) (Lease, []db.DueRow, bool, error) {
	var leases []db.LeaseRow
	var due []db.DueRow
	batch := &pgx.Batch{}
	batch.Queue(db.Lease, owner, d.Seconds(), l.process, webhook).Query(func(rows pgx.Rows) (err error) {
		leases, err = pgx.CollectRows(rows, pgx.RowToStructByPos[db.LeaseRow])
		return err
	})
	batch.Queue(db.Due, webhook, int64(most)).Query(func(rows pgx.Rows) (err error) {
		due, err = pgx.CollectRows(rows, pgx.RowToStructByPos[db.DueRow])
		return err
	})
	err := l.pool.SendBatch(ctx, batch).Close()
	if err != nil || len(leases) == 0 {
		return Lease{}, nil, false, postgres.Wrap("lease receiver", err)
	}
	r := leases[0]
	return Lease{
		Round: uint64(r.Round), Failures: int(r.Failures), Throttled: r.Throttled, DisabledRevision: uint64(r.DisabledRevision.Int64),
	}, due, true, nil
}

// Rest gives a receiver back until its next delivery is due. It is false when
// something was created since the lease was taken or renewed: the lane has to look
// again.
func (l *Ledger) Rest(ctx context.Context, webhook, owner string) (bool, error) {
	n, err := l.q.Rest(ctx, db.RestParams{WebhookID: webhook, Owner: owner})
	return n > 0, postgres.Wrap("release receiver", err)
}

// Abandon gives a receiver back, whatever waits for it; somebody looks after it
// again when the time has passed.
func (l *Ledger) Abandon(ctx context.Context, webhook, owner string, until time.Duration) error {
	return postgres.Wrap("abandon receiver", l.q.Abandon(ctx, db.AbandonParams{WebhookID: webhook, Owner: owner, Seconds: until.Seconds()}))
}

// Unattended returns, and marks as woken, receivers with something due and no
// lane.
func (l *Ledger) Unattended(ctx context.Context) ([]string, error) {
	all, err := l.q.Unattended(ctx)
	return all, postgres.Wrap("read unattended receivers", err)
}

// CancelPending gives up what is to be sent to a receiver. code and reason say why.
func (l *Ledger) CancelPending(ctx context.Context, webhook, code, reason string) error {
	return postgres.Wrap("cancel deliveries", l.q.CancelPending(ctx, db.CancelPendingParams{WebhookID: webhook, Code: code, Reason: reason}))
}

// CancelSome gives up deliveries that wait.
func (l *Ledger) CancelSome(ctx context.Context, ids []int64, code, reason string) error {
	return postgres.Wrap("cancel deliveries", l.q.CancelSome(ctx, db.CancelSomeParams{Ids: ids, Code: code, Reason: reason}))
}
