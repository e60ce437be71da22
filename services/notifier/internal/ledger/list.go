package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// ErrNotFound: there is no such delivery.
var ErrNotFound = errors.New("no such delivery")

// Row is a delivery as it is listed.
type Row struct {
	ID                                             int64
	MessageID, WebhookID, Kind, EventType, EventID string
	IncidentID, State, ReasonCode, Reason          string
	Revision                                       int64
	Attempts                                       int32
	NextAttemptAt, CreatedAt                       time.Time
	FinishedAt                                     *time.Time
}

const rowColumns = `d.id, d.message_id, d.webhook_id, d.kind, d.event_type, d.event_id, d.incident_id, d.state, d.reason_code, d.reason,
	d.revision, d.attempts, d.next_attempt_at, d.created_at, d.finished_at`

func (r *Row) fields() []any {
	return []any{
		&r.ID, &r.MessageID, &r.WebhookID, &r.Kind, &r.EventType, &r.EventID, &r.IncidentID, &r.State, &r.ReasonCode, &r.Reason,
		&r.Revision, &r.Attempts, &r.NextAttemptAt, &r.CreatedAt, &r.FinishedAt,
	}
}

// List returns deliveries, newest first, that were created before the one with the
// given number; 0: from the newest one.
func (l *Ledger) List(ctx context.Context, f Filter, before int64, limit int) ([]Row, error) {
	c := f.conditions()
	if before > 0 {
		c.add("d.id < %s", before)
	}
	query := fmt.Sprintf("select %s from notifier_ledger.delivery d where %s order by d.id desc limit %d", rowColumns, c, limit)
	rows, err := l.pool.Query(ctx, query, c.args...)
	if err != nil {
		return nil, postgres.Wrap("list deliveries", err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (Row, error) {
		var row Row
		err := r.Scan(row.fields()...)
		return row, err
	})
	return list, postgres.Wrap("list deliveries", err)
}

// Get returns one delivery with its body and its attempts, or [ErrNotFound].
func (l *Ledger) Get(ctx context.Context, f Filter) (Row, []byte, []db.NotifierLedgerAttempt, error) {
	c := f.conditions()
	var row Row
	var body []byte
	query := fmt.Sprintf("select %s, d.body from notifier_ledger.delivery d where %s limit 1", rowColumns, c)
	err := l.pool.QueryRow(ctx, query, c.args...).Scan(append(row.fields(), &body)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, nil, nil, ErrNotFound
	}
	if err != nil {
		return row, nil, nil, postgres.Wrap("read delivery", err)
	}
	attempts, err := l.q.Attempts(ctx, row.ID)
	return row, body, attempts, postgres.Wrap("read attempts", err)
}

// Endpoints returns what the ledger knows of each receiver, by id.
func (l *Ledger) Endpoints(ctx context.Context) (map[string]db.NotifierLedgerEndpoint, error) {
	rows, err := l.q.Endpoints(ctx)
	if err != nil {
		return nil, postgres.Wrap("read receivers", err)
	}
	out := make(map[string]db.NotifierLedgerEndpoint, len(rows))
	for _, r := range rows {
		out[r.WebhookID] = r
	}
	return out, nil
}

// Counts returns how many deliveries of each receiver are in a state that somebody
// may have to look at: by id, then state.
func (l *Ledger) Counts(ctx context.Context) (map[string]map[string]int64, error) {
	rows, err := l.q.Counts(ctx)
	if err != nil {
		return nil, postgres.Wrap("count deliveries", err)
	}
	out := map[string]map[string]int64{}
	for _, r := range rows {
		if out[r.WebhookID] == nil {
			out[r.WebhookID] = map[string]int64{}
		}
		out[r.WebhookID][r.State] = r.Deliveries
	}
	return out, nil
}

// ToldIncidents are the ids of the incidents that anybody was told of.
func (l *Ledger) ToldIncidents(ctx context.Context) ([]string, error) {
	ids, err := l.q.ToldIncidents(ctx)
	return ids, postgres.Wrap("read incidents", err)
}

// Status is how far the ledger is.
type Status struct {
	// Position is a token, Sequence its place; empty and 0 before the first start.
	Position string
	Sequence uint64
	// UncertainSince is when the ledger was found to be older than what was sent.
	UncertainSince *time.Time
	Pending, Held  int64
}

// Status returns how far the ledger is.
func (l *Ledger) Status(ctx context.Context) (Status, error) {
	var s Status
	acting, err := l.q.ActingStatus(ctx)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return s, postgres.Wrap("read position", err)
	}
	s.Position, s.Sequence, s.UncertainSince = acting.Position, uint64(acting.Sequence), acting.UncertainSince
	waiting, err := l.q.Waiting(ctx)
	s.Pending, s.Held = waiting.Pending, waiting.Held
	return s, postgres.Wrap("count deliveries", err)
}
