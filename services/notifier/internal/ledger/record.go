package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// Attempt is what happened to one delivery.
type Attempt struct {
	DeliveryID int64
	Number     int
	StartedAt  time.Time
	Took       time.Duration
	// Outcome, Status and Problem say how it ended.
	Outcome string
	Status  int
	Problem string
	// RequestHeaders, ResponseHeaders and ResponseBody are bounded by the caller.
	RequestHeaders, ResponseHeaders map[string]string
	ResponseBody                    []byte

	// Delivered ends the delivery well. Otherwise it is tried again after Wait,
	// or it is dead when Wait is 0.
	Delivered bool
	Wait      time.Duration
}

// Record writes the attempts of one receiver in one transaction. disable, when
// not empty, says why the receiver gets nothing more until its resource, which has
// the given revision, is changed.
func (l *Ledger) Record(ctx context.Context, webhook string, attempts []Attempt, disable string, revision uint64) error {
	return l.transact(ctx, "record attempts", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		if err := q.LockEndpoint(ctx, webhook); err != nil {
			return postgres.Wrap("lock receiver", err)
		}
		for i := range attempts {
			if err := record(ctx, q, webhook, &attempts[i]); err != nil {
				return err
			}
		}
		if disable == "" {
			return nil
		}
		err := q.Disable(ctx, db.DisableParams{WebhookID: webhook, Revision: int64(revision), Reason: disable})
		if err != nil {
			return postgres.Wrap("disable receiver", err)
		}
		return postgres.Wrap("cancel deliveries", q.CancelPending(ctx, db.CancelPendingParams{WebhookID: webhook, Reason: disable}))
	})
}

func record(ctx context.Context, q *db.Queries, webhook string, a *Attempt) error {
	request, err := json.Marshal(a.RequestHeaders)
	if err != nil {
		return fmt.Errorf("encode headers: %w", err)
	}
	response, err := json.Marshal(a.ResponseHeaders)
	if err != nil {
		return fmt.Errorf("encode headers: %w", err)
	}
	err = q.AddAttempt(ctx, db.AddAttemptParams{
		DeliveryID: a.DeliveryID, Number: int32(a.Number), StartedAt: a.StartedAt, DurationMs: int32(a.Took.Milliseconds()),
		Outcome: a.Outcome, Status: int32(a.Status), Problem: strings.ToValidUTF8(a.Problem, ""), RequestHeaders: request,
		ResponseHeaders: response, ResponseBody: a.ResponseBody,
	})
	if err != nil {
		return postgres.Wrap("add attempt", err)
	}
	if a.Delivered {
		if err := q.NoteSuccess(ctx, webhook); err != nil {
			return postgres.Wrap("note success", err)
		}
		return postgres.Wrap("finish delivery", q.FinishDelivery(ctx, db.FinishDeliveryParams{ID: a.DeliveryID, State: "delivered", Attempts: int32(a.Number)}))
	}
	if err := q.NoteFailure(ctx, webhook); err != nil {
		return postgres.Wrap("note failure", err)
	}
	if a.Wait == 0 {
		return postgres.Wrap("finish delivery", q.FinishDelivery(ctx, db.FinishDeliveryParams{ID: a.DeliveryID, State: "dead", Reason: a.Problem, Attempts: int32(a.Number)}))
	}
	return postgres.Wrap("postpone delivery", q.PostponeDelivery(ctx, db.PostponeDeliveryParams{
		ID: a.DeliveryID, Attempts: int32(a.Number), NextAttemptAt: a.StartedAt.Add(a.Took + a.Wait),
	}))
}
