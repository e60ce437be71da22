package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

var pointInCreate = failpoint.New("notifier.in_create")

// Why a delivery is held for a person.
const (
	// HeldStale: the event was old when it was noticed.
	HeldStale = "stale"
	// HeldUncertain: it may have been sent by a ledger that was replaced by an
	// older copy.
	HeldUncertain = "uncertain"
)

// What a delivery is of.
const (
	// KindEvent: an event of the log.
	KindEvent = "event"
	// KindTest: a test that a person asked for.
	KindTest = "test"
	// KindNotice: something that the notifier did.
	KindNotice = "notice"
)

// Delivery is an effect to be created.
type Delivery struct {
	// Kind is one of the above; empty: an event.
	Kind                           string
	EventID, WebhookID, IncidentID string
	// Revision is the event's number in its incident, Sequence the place of its
	// commit in the log.
	Revision, Sequence     uint64
	EventType, TraceParent string
	Body                   []byte
	// Held is a code that says why a person has to let it go first, and Why says
	// it for people; empty: it is sent.
	Held, Why string
}

// MessageID is the delivery's id for the receiver. It never changes and has no
// dot, which Standard Webhooks forbids.
func (d *Delivery) MessageID() string { return d.EventID + "_" + d.WebhookID }

// Rewrite replaces what is kept about an incident after a redaction.
type Rewrite struct {
	IncidentID string
	// Bodies are the new ones, by event id.
	Bodies map[string][]byte
}

// Effects are what follows from a part of the log.
type Effects struct {
	Deliveries []Delivery
	Rewrites   []Rewrite
}

// Nothing tells whether nothing follows.
func (e *Effects) Nothing() bool { return len(e.Deliveries) == 0 && len(e.Rewrites) == 0 }

// Create creates effects and advances the position from before to after, all or
// nothing; an effect that was created before is left alone. It returns the
// receivers that nobody attends to, to whom something is to be sent. also, when not
// nil, is called in the same transaction. It returns [ErrFenced] when the position
// is not before any more.
func (l *Ledger) Create(ctx context.Context, before, after eventlog.Position, e Effects, also func(pgx.Tx) error) ([]string, error) {
	columns := columnsOf(e.Deliveries)
	columns.Epoch, columns.Sequence, columns.Position, columns.Before = after.Epoch, int64(after.Sequence), after.String(), before.String()
	asleep, err := l.create(ctx, columns, e.Rewrites, also)
	if err != nil {
		// The database may be another one, which does not know our receivers.
		l.known.Clear()
	}
	return asleep, err
}

func (l *Ledger) create(ctx context.Context, columns db.CreateParams, rewrites []Rewrite, also func(pgx.Tx) error) ([]string, error) {
	if err := l.introduce(ctx, columns.WebhookIds); err != nil {
		return nil, err
	}
	if len(rewrites) == 0 && also == nil {
		return insert(ctx, l.q, columns)
	}
	var asleep []string
	err := l.transact(ctx, "create deliveries", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		var err error
		if asleep, err = insert(ctx, q, columns); err != nil {
			return err
		}
		for _, r := range rewrites {
			if err := rewrite(ctx, q, r); err != nil {
				return err
			}
		}
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return pointInCreate.Hit(ctx)
	})
	return asleep, err
}

// introduce adds receivers that get something for the first time.
func (l *Ledger) introduce(ctx context.Context, receivers []string) error {
	var unknown []string
	for _, id := range receivers {
		if _, known := l.known.Load(id); !known {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	if err := l.q.AddEndpoints(ctx, unknown); err != nil {
		return postgres.Wrap("add receivers", err)
	}
	for _, id := range unknown {
		l.known.Store(id, true)
	}
	return nil
}

// insert creates deliveries and moves the position by one statement.
func insert(ctx context.Context, q *db.Queries, columns db.CreateParams) ([]string, error) {
	rows, err := q.Create(ctx, columns)
	if err != nil {
		return nil, postgres.Wrap("create deliveries", err)
	}
	moved := slices.Index(rows, "")
	if moved < 0 {
		return nil, ErrFenced
	}
	return slices.Delete(rows, moved, moved+1), nil
}

// Advance moves the position from before to after, between which nobody has to be
// told anything. It returns [ErrFenced] when the position is not before any more.
func (l *Ledger) Advance(ctx context.Context, before, after eventlog.Position) error {
	n, err := l.q.Advance(ctx, db.AdvanceParams{
		Epoch: after.Epoch, Sequence: int64(after.Sequence), Position: after.String(), Before: before.String(),
	})
	if err != nil {
		return postgres.Wrap("advance", err)
	}
	if n == 0 {
		return ErrFenced
	}
	return nil
}

// notify adds notices and returns the receivers whose lanes have to be woken.
func notify(ctx context.Context, q *db.Queries, notices []Delivery) ([]string, error) {
	if len(notices) == 0 {
		return nil, nil
	}
	columns := columnsOf(notices)
	if err := q.AddEndpoints(ctx, columns.WebhookIds); err != nil {
		return nil, postgres.Wrap("add receivers", err)
	}
	receivers, err := q.AddNotices(ctx, db.AddNoticesParams{
		EventIds: columns.EventIds, WebhookIds: columns.WebhookIds, MessageIds: columns.MessageIds, EventTypes: columns.EventTypes, Bodies: columns.Bodies,
	})
	if err != nil {
		return nil, postgres.Wrap("add notices", err)
	}
	asleep, err := q.Wake(ctx, receivers)
	return asleep, postgres.Wrap("wake receivers", err)
}

func columnsOf(deliveries []Delivery) db.CreateParams {
	var p db.CreateParams
	for i := range deliveries {
		d := &deliveries[i]
		state, kind := "pending", d.Kind
		if d.Held != "" {
			state = "held"
		}
		if kind == "" {
			kind = KindEvent
		}
		p.EventIds, p.WebhookIds, p.MessageIds = append(p.EventIds, d.EventID), append(p.WebhookIds, d.WebhookID), append(p.MessageIds, d.MessageID())
		p.IncidentIds, p.EventTypes = append(p.IncidentIds, d.IncidentID), append(p.EventTypes, d.EventType)
		p.Revisions, p.Sequences = append(p.Revisions, int64(d.Revision)), append(p.Sequences, int64(d.Sequence))
		p.TraceParents, p.Bodies = append(p.TraceParents, d.TraceParent), append(p.Bodies, d.Body)
		p.States, p.ReasonCodes, p.Reasons = append(p.States, state), append(p.ReasonCodes, d.Held), append(p.Reasons, d.Why)
		p.Kinds = append(p.Kinds, kind)
	}
	return p
}

// rewrite replaces what is kept about an incident: bodies by new ones, and what
// receivers answered by nothing.
func rewrite(ctx context.Context, q *db.Queries, r Rewrite) error {
	if err := q.LockIncidentEndpoints(ctx, r.IncidentID); err != nil {
		return postgres.Wrap("lock receivers", err)
	}
	rows, err := q.IncidentDeliveries(ctx, r.IncidentID)
	if err != nil {
		return postgres.Wrap("read deliveries of incident", err)
	}
	for _, row := range rows {
		if err := q.RewriteBody(ctx, db.RewriteBodyParams{ID: row.ID, Body: r.Bodies[row.EventID]}); err != nil {
			return postgres.Wrap("rewrite body", err)
		}
	}
	if err := q.ForgetAnswers(ctx, r.IncidentID); err != nil {
		return postgres.Wrap("forget answers", err)
	}
	if len(rows) == 0 {
		return nil
	}
	return postgres.Wrap("ask for erasure", q.WantErasure(ctx))
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
