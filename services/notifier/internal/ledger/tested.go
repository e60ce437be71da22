package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// AddTest writes down a test that was made: one delivery with its only attempt. It
// returns the number of the delivery.
func (l *Ledger) AddTest(ctx context.Context, d Delivery, a Attempt) (int64, error) {
	request, err := json.Marshal(a.RequestHeaders)
	if err != nil {
		return 0, fmt.Errorf("record test: %w", err)
	}
	response, err := json.Marshal(a.ResponseHeaders)
	if err != nil {
		return 0, fmt.Errorf("record test: %w", err)
	}
	state, code, reason := "delivered", "", ""
	if !a.Delivered {
		state, code, reason = "dead", CodeExhausted, "a test is not repeated: "+a.Problem
	}
	var id int64
	err = l.transact(ctx, "record test", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		if err := q.AddEndpoints(ctx, []string{d.WebhookID}); err != nil {
			return postgres.Wrap("add receiver", err)
		}
		id, err = q.AddTest(ctx, db.AddTestParams{
			EventID: d.EventID, WebhookID: d.WebhookID, MessageID: d.MessageID(), EventType: d.EventType, Body: d.Body,
			State: state, ReasonCode: code, Reason: reason,
		})
		if err != nil {
			return postgres.Wrap("add delivery", err)
		}
		return postgres.Wrap("add attempt", q.AddAttempt(ctx, db.AddAttemptParams{
			DeliveryID: id, Number: 1, StartedAt: a.StartedAt, DurationMs: int32(a.Took.Milliseconds()), Outcome: a.Outcome,
			Status: int32(a.Status), Problem: a.Problem, RequestHeaders: []byte(storable(request)), ResponseHeaders: []byte(storable(response)),
			ResponseBody: a.ResponseBody,
		}))
	})
	return id, err
}
