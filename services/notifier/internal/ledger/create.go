package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// Delivery is an effect to be created.
type Delivery struct {
	EventID, WebhookID, IncidentID string
	Revision                       uint64
	EventType, TraceParent         string
	Body                           []byte
	// Held says why a person has to let it go first; empty: it is sent.
	Held string
}

// MessageID is the delivery's id for the receiver. It never changes and has no
// dot, which Standard Webhooks forbids.
func (d Delivery) MessageID() string { return d.EventID + "_" + d.WebhookID }

// Creation is one transaction that creates effects and advances the position.
type Creation struct {
	tx pgx.Tx
	q  *db.Queries
}

// Create runs fn in a transaction and advances the position from before to after.
// It returns [ErrFenced] when the position is not before any more.
func (l *Ledger) Create(ctx context.Context, before, after eventlog.Position, fn func(*Creation) error) error {
	return l.transact(ctx, "create deliveries", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		n, err := q.Advance(ctx, db.AdvanceParams{
			Epoch: after.Epoch, Sequence: int64(after.Sequence), Position: after.String(), Before: before.String(),
		})
		if err != nil {
			return postgres.Wrap("advance", err)
		}
		if n == 0 {
			return ErrFenced
		}
		return fn(&Creation{tx: tx, q: q})
	})
}

// transact runs fn in a transaction. Errors of fn are returned as they are, those
// of the transaction itself translated.
func (l *Ledger) transact(ctx context.Context, op string, fn func(pgx.Tx) error) error {
	var inside error
	err := pgx.BeginFunc(ctx, l.pool, func(tx pgx.Tx) error {
		inside = fn(tx)
		return inside
	})
	if inside != nil {
		return fmt.Errorf("%s: %w", op, inside)
	}
	return postgres.Wrap(op, err)
}

// Tx is the transaction, for jobs that have to be added in it.
func (c *Creation) Tx() pgx.Tx { return c.tx }

// Add creates a delivery unless it was created before, and tells whether the
// receiver's lane has to be woken.
func (c *Creation) Add(ctx context.Context, d Delivery) (wake bool, err error) {
	if err := c.q.AddEndpoint(ctx, d.WebhookID); err != nil {
		return false, postgres.Wrap("add receiver", err)
	}
	state := "pending"
	if d.Held != "" {
		state = "held"
	}
	added, err := c.q.AddDelivery(ctx, db.AddDeliveryParams{
		EventID: d.EventID, WebhookID: d.WebhookID, MessageID: d.MessageID(), IncidentID: d.IncidentID, Revision: int64(d.Revision),
		EventType: d.EventType, TraceParent: d.TraceParent, Body: d.Body, State: state, Reason: d.Held,
	})
	if err != nil {
		return false, postgres.Wrap("add delivery", err)
	}
	if added == 0 || state != "pending" {
		return false, nil
	}
	asleep, err := c.q.Wake(ctx, d.WebhookID)
	if err != nil {
		return false, postgres.Wrap("wake receiver", err)
	}
	return asleep > 0, nil
}

// Rewrite replaces what is kept about an incident after a redaction: bodies by the
// given ones, by event id, and what receivers answered by nothing.
func (c *Creation) Rewrite(ctx context.Context, incident string, bodies map[string][]byte) error {
	if err := c.q.LockIncidentEndpoints(ctx, incident); err != nil {
		return postgres.Wrap("lock receivers", err)
	}
	rows, err := c.q.IncidentDeliveries(ctx, incident)
	if err != nil {
		return postgres.Wrap("read deliveries of incident", err)
	}
	for _, row := range rows {
		if err := c.q.RewriteBody(ctx, db.RewriteBodyParams{ID: row.ID, Body: bodies[row.EventID]}); err != nil {
			return postgres.Wrap("rewrite body", err)
		}
	}
	if err := c.q.ForgetAnswers(ctx, incident); err != nil {
		return postgres.Wrap("forget answers", err)
	}
	return nil
}
