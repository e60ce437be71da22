package lane

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/telemetry"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
)

// result is an attempt with what only this round has to know.
type result struct {
	ledger.Attempt

	gone       bool
	retryAfter time.Duration
}

// send attempts deliveries: those of one incident one after the other, in the
// order of its events, those of different incidents at once. What is not begun in
// time, and what follows an attempt that got no answer, is left for later.
func (l *lane) send(ctx context.Context, receiver Receiver, due []db.DueRow) []result {
	var mu sync.Mutex
	var results []result
	var all sync.WaitGroup
	end := time.Now().Add(roundTime)
	free := make(chan struct{}, width)
	for _, group := range byIncident(due) {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			for _, d := range group {
				if ctx.Err() != nil || time.Now().After(end) {
					return
				}
				r := l.attempt(ctx, receiver, d)
				mu.Lock()
				results = append(results, r)
				mu.Unlock()
				if r.Status == 0 {
					return
				}
			}
		})
	}
	all.Wait()
	return results
}

// byIncident groups deliveries, keeping their order.
func byIncident(due []db.DueRow) [][]*db.DueRow {
	place := make(map[string]int, len(due))
	var groups [][]*db.DueRow
	for i := range due {
		d := &due[i]
		n, known := place[d.IncidentID]
		if !known || d.IncidentID == "" {
			n = len(groups)
			place[d.IncidentID] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], d)
	}
	return groups
}

// attempt makes one attempt and says when the next one is due.
func (l *lane) attempt(ctx context.Context, receiver Receiver, d *db.DueRow) result {
	ctx, span := l.Tracer.Start(telemetry.WithTraceParent(ctx, d.TraceParent), "webhook.deliver", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("bridgelog.message_id", d.MessageID), attribute.String("bridgelog.event_type", d.EventType)))
	defer span.End()
	answer := l.Caller.Call(ctx, call.Request{
		URL: receiver.URL, Secrets: receiver.Secrets, MessageID: d.MessageID, TraceParent: telemetry.TraceParent(ctx), Body: d.Body,
	})
	l.Metrics.attempted(string(answer.Outcome), answer.Took)
	r := result{
		Attempt: ledger.Attempt{
			DeliveryID: d.ID, Number: int(d.Attempts) + 1, StartedAt: answer.StartedAt, Took: answer.Took, Outcome: string(answer.Outcome),
			Status: answer.Status, Problem: answer.Problem, RequestHeaders: answer.RequestHeaders, ResponseHeaders: answer.ResponseHeaders,
			ResponseBody: answer.Body, Redactions: d.Redactions, Delivered: answer.Outcome == call.Delivered,
		},
		gone: answer.Outcome == call.Gone, retryAfter: answer.RetryAfter,
	}
	if r.Delivered {
		l.Metrics.ended("delivered")
		return r
	}
	span.SetStatus(codes.Error, answer.Problem)
	wait, left := retry.Next(r.Number-int(d.AttemptsBefore), answer.RetryAfter, nil)
	if left {
		r.Wait = wait
		return r
	}
	l.Metrics.ended("dead")
	l.Logger.WarnContext(ctx, "delivery is given up", "webhook_id", l.webhook, "message_id", d.MessageID, "problem", answer.Problem)
	return r
}
