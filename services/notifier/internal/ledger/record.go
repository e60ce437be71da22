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

// Why a delivery is dead or cancelled, or a receiver disabled.
const (
	// CodeExhausted: the last attempt of the schedule failed.
	CodeExhausted = "schedule_exhausted"
	// CodeGone: the receiver answered 410.
	CodeGone = "gone"
	// CodeFailing: every attempt failed for days.
	CodeFailing = "failing"
	// CodePrivate: the incident became private.
	CodePrivate = "private"
	// CodeDeleted: the webhook was deleted.
	CodeDeleted = "deleted"
	// CodeDisabled: the webhook is disabled.
	CodeDisabled = "disabled"
	// CodeDiscarded: a person decided so.
	CodeDiscarded = "discarded"
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
	// Redactions is that of the delivery when its body was read.
	Redactions int32

	// Delivered ends the delivery well. Otherwise it is tried again after Wait,
	// or it is dead when Wait is 0.
	Delivered bool
	Wait      time.Duration
}

// Round is what came of the attempts of one lane between two looks at the ledger.
type Round struct {
	WebhookID string
	Attempts  []Attempt
	// Throttle is how long nothing is to be attempted; 0: no pause.
	Throttle time.Duration
}

// Disabling says that a receiver gets nothing more until its resource, which has
// the given revision, is changed or a person enables it.
type Disabling struct {
	Revision     uint64
	Code, Reason string
	// Notices tell others of it.
	Notices []Delivery
}

// Noted is how a receiver does after a round.
type Noted struct {
	// Failures is how many rounds have failed since the last success.
	Failures int
	// Since is when that began; zero when the round went well.
	Since time.Time
}

// Record writes a round, all or nothing.
func (l *Ledger) Record(ctx context.Context, r Round) (Noted, error) {
	p, err := r.columns()
	if err != nil {
		return Noted{}, fmt.Errorf("record attempts: %w", err)
	}
	n := r.note()
	var noted Noted
	batch := &pgx.Batch{}
	batch.Queue(db.NoteRound, n.Succeeded, n.Failed, n.Problem, n.ThrottleSeconds, n.WebhookID).QueryRow(func(row pgx.Row) error {
		var since *time.Time
		err := row.Scan(&noted.Failures, &since)
		if since != nil {
			noted.Since = *since
		}
		return err
	})
	batch.Queue(db.RecordAttempts, p.Ids, p.Numbers, p.Started, p.Durations, p.Outcomes, p.Statuses, p.Problems, p.Requests, p.Responses,
		p.Bodies, p.States, p.ReasonCodes, p.Reasons, p.Nexts, p.Redactions)
	return noted, postgres.Wrap("record attempts", l.pool.SendBatch(ctx, batch).Close())
}

// Disable disables a receiver, gives up what waits for it and adds the notices, in
// one transaction. It returns the receivers of notices that nobody attends to.
func (l *Ledger) Disable(ctx context.Context, webhook string, d Disabling) ([]string, error) {
	var asleep []string
	err := l.transact(ctx, "disable receiver", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		err := q.Disable(ctx, db.DisableParams{WebhookID: webhook, Revision: int64(d.Revision), Code: d.Code, Reason: d.Reason})
		if err != nil {
			return postgres.Wrap("note reason", err)
		}
		err = q.CancelPending(ctx, db.CancelPendingParams{WebhookID: webhook, Code: d.Code, Reason: d.Reason})
		if err != nil {
			return postgres.Wrap("cancel deliveries", err)
		}
		asleep, err = notify(ctx, q, d.Notices)
		return err
	})
	return asleep, err
}

func (r *Round) note() db.NoteRoundParams {
	p := db.NoteRoundParams{WebhookID: r.WebhookID, ThrottleSeconds: r.Throttle.Seconds()}
	for i := range r.Attempts {
		if r.Attempts[i].Delivered {
			p.Succeeded = true
		} else {
			p.Failed, p.Problem = true, r.Attempts[i].Problem
		}
	}
	return p
}

func (r *Round) columns() (db.RecordAttemptsParams, error) {
	var p db.RecordAttemptsParams
	for i := range r.Attempts {
		a := &r.Attempts[i]
		request, err := json.Marshal(a.RequestHeaders)
		if err != nil {
			return p, fmt.Errorf("encode headers: %w", err)
		}
		response, err := json.Marshal(a.ResponseHeaders)
		if err != nil {
			return p, fmt.Errorf("encode headers: %w", err)
		}
		state, code, reason, next := a.verdict()
		p.Ids, p.Numbers, p.Started = append(p.Ids, a.DeliveryID), append(p.Numbers, int32(a.Number)), append(p.Started, a.StartedAt)
		p.Durations, p.Outcomes = append(p.Durations, int32(a.Took.Milliseconds())), append(p.Outcomes, a.Outcome)
		p.Statuses, p.Problems = append(p.Statuses, int32(a.Status)), append(p.Problems, strings.ToValidUTF8(a.Problem, ""))
		p.Requests, p.Responses = append(p.Requests, storable(request)), append(p.Responses, storable(response))
		p.Bodies, p.Redactions = append(p.Bodies, a.ResponseBody), append(p.Redactions, a.Redactions)
		p.States, p.ReasonCodes, p.Reasons = append(p.States, state), append(p.ReasonCodes, code), append(p.Reasons, reason)
		p.Nexts = append(p.Nexts, next)
	}
	return p, nil
}

// verdict is what becomes of the delivery.
func (a *Attempt) verdict() (state, code, reason string, next time.Time) {
	next = a.StartedAt.Add(a.Took + a.Wait)
	switch {
	case a.Delivered:
		return "delivered", "", "", next
	case a.Wait == 0:
		return "dead", CodeExhausted, "the last attempt of the schedule failed: " + a.Problem, next
	}
	return "pending", "", "", next
}

// storable makes JSON that jsonb takes: a NUL, which a header may claim to hold,
// is none.
func storable(document []byte) string {
	return strings.ReplaceAll(strings.ToValidUTF8(string(document), "\uFFFD"), `\u0000`, "")
}
