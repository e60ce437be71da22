package lane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/telemetry"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
)

const (
	// leaseTime is how long a lane may be silent. An attempt takes at most
	// call.Timeout, and the lease is renewed before each round.
	leaseTime = 3 * call.Timeout
	// width is how many attempts one lane makes at once, and how many deliveries
	// it takes in one round.
	width = 16
)

// Args is a wake-up of one lane.
type Args struct {
	// WebhookID is the receiver's opaque id in the catalog.
	WebhookID string `json:"webhook_id"`
}

// Kind implements river.JobArgs.
func (Args) Kind() string { return "webhook_lane" }

// Receiver is a receiver as the catalog has it now.
type Receiver struct {
	URL      string
	Secrets  []string
	Revision uint64
	// Paused: an operator wants nothing sent for now.
	Paused bool
}

// Worker drains lanes. It implements river.Worker.
type Worker struct {
	river.WorkerDefaults[Args]

	Ledger *ledger.Ledger
	Caller *call.Caller
	// Receiver finds a receiver by id; false when it was deleted.
	Receiver func(webhookID string) (Receiver, bool)
	Metrics  *Metrics
	Logger   *slog.Logger
	Tracer   trace.Tracer
}

// Timeout implements river.Worker: a lane works as long as there is something to
// deliver; each attempt has its own limit.
func (*Worker) Timeout(*river.Job[Args]) time.Duration { return -1 }

// Work implements river.Worker.
func (w *Worker) Work(ctx context.Context, job *river.Job[Args]) error {
	l := &lane{Worker: w, webhook: job.Args.WebhookID, owner: uuid.NewString()}
	err := l.run(ctx)
	if err != nil {
		// Others need not wait until the lease runs out.
		_ = w.Ledger.Abandon(context.WithoutCancel(ctx), l.webhook, l.owner)
		return fmt.Errorf("lane %s: %w", l.webhook, err)
	}
	return nil
}

// lane is the work on one receiver by one job.
type lane struct {
	*Worker
	webhook, owner string
}

func (l *lane) run(ctx context.Context) error {
	for {
		mine, err := l.Ledger.Lease(ctx, l.webhook, l.owner, leaseTime)
		if err != nil || !mine {
			return err
		}
		receiver, exists := l.Receiver(l.webhook)
		if !exists {
			if err := l.Ledger.CancelPending(ctx, l.webhook, "the receiver was deleted"); err != nil {
				return err
			}
		}
		if !exists || receiver.Paused {
			return l.Ledger.Abandon(ctx, l.webhook, l.owner)
		}
		due, err := l.Ledger.Due(ctx, l.webhook, width)
		if err != nil {
			return err
		}
		if len(due) > 0 {
			if err := l.round(ctx, receiver, due); err != nil {
				return err
			}
			continue
		}
		if done, err := l.rest(ctx); err != nil || done {
			return err
		}
	}
}

// rest leaves a job for the next retry and gives the receiver back. It is false
// when something was created meanwhile.
func (l *lane) rest(ctx context.Context) (bool, error) {
	at, waiting, err := l.Ledger.NextAttempt(ctx, l.webhook)
	if err != nil {
		return false, err
	}
	if waiting {
		first, err := l.Ledger.SetTimer(ctx, l.webhook, at)
		if err != nil {
			return false, err
		}
		if first {
			_, err = river.ClientFromContext[pgx.Tx](ctx).Insert(ctx, Args{WebhookID: l.webhook}, &river.InsertOpts{ScheduledAt: at})
			if err != nil {
				return false, fmt.Errorf("schedule retry: %w", err)
			}
		}
	}
	return l.Ledger.Release(ctx, l.webhook, l.owner)
}

// round attempts deliveries at once and records what came of them together.
func (l *lane) round(ctx context.Context, receiver Receiver, due []db.DueRow) error {
	attempts := make([]ledger.Attempt, len(due))
	gone := make([]bool, len(due))
	var all sync.WaitGroup
	for i := range due {
		all.Go(func() { attempts[i], gone[i] = l.attempt(ctx, receiver, &due[i]) })
	}
	all.Wait()
	if ctx.Err() != nil {
		// What was sent in the last moment may be sent again; its id tells.
		return fmt.Errorf("stop: %w", ctx.Err())
	}
	disable := ""
	for _, one := range gone {
		if one {
			disable = "the receiver answered 410: it wants nothing more"
		}
	}
	return l.Ledger.Record(ctx, l.webhook, attempts, disable, receiver.Revision)
}

// attempt makes one attempt and says when the next one is due.
func (l *lane) attempt(ctx context.Context, receiver Receiver, d *db.DueRow) (ledger.Attempt, bool) {
	ctx, span := l.Tracer.Start(telemetry.WithTraceParent(ctx, d.TraceParent), "webhook.deliver", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("bridgelog.message_id", d.MessageID), attribute.String("bridgelog.event_type", d.EventType)))
	defer span.End()
	result := l.Caller.Call(ctx, call.Request{
		URL: receiver.URL, Secrets: receiver.Secrets, MessageID: d.MessageID, TraceParent: telemetry.TraceParent(ctx), Body: d.Body,
	})
	l.Metrics.attempted(string(result.Outcome), result.Took)
	a := ledger.Attempt{
		DeliveryID: d.ID, Number: int(d.Attempts) + 1, StartedAt: result.StartedAt, Took: result.Took, Outcome: string(result.Outcome),
		Status: result.Status, Problem: result.Problem, RequestHeaders: result.RequestHeaders,
		ResponseHeaders: result.ResponseHeaders, ResponseBody: result.Body, Delivered: result.Outcome == call.Delivered,
	}
	if !a.Delivered {
		span.SetStatus(codes.Error, result.Problem)
		if wait, left := retry.Next(a.Number, result.RetryAfter, nil); left {
			a.Wait = wait
		} else {
			l.Logger.WarnContext(ctx, "delivery is given up", "webhook_id", l.webhook, "message_id", d.MessageID, "problem", result.Problem)
		}
	}
	return a, result.Outcome == call.Gone
}

// Waker adds wake-ups.
type Waker struct {
	Client *river.Client[pgx.Tx]
}

// Wake adds a wake-up for each receiver in a transaction.
func (w Waker) Wake(ctx context.Context, tx pgx.Tx, webhooks []string) error {
	if len(webhooks) == 0 {
		return nil
	}
	jobs := make([]river.InsertManyParams, len(webhooks))
	for i, id := range webhooks {
		jobs[i] = river.InsertManyParams{Args: Args{WebhookID: id}}
	}
	if _, err := w.Client.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("wake lanes: %w", err)
	}
	return nil
}

// Sweep wakes, until ctx ends, the lanes that nobody attends to although they have
// something to do: what a process left that died, and receivers that were paused.
func (w Waker) Sweep(ctx context.Context, l *ledger.Ledger, every time.Duration, logger *slog.Logger, m *Metrics) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		err := w.sweep(ctx, l)
		if age, ageErr := l.OldestPending(ctx); ageErr == nil {
			m.oldest(age)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			logger.WarnContext(ctx, "lanes could not be looked after", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (w Waker) sweep(ctx context.Context, l *ledger.Ledger) error {
	webhooks, err := l.Unattended(ctx)
	if err != nil {
		return err
	}
	for _, id := range webhooks {
		if _, err := w.Client.Insert(ctx, Args{WebhookID: id}, nil); err != nil {
			return fmt.Errorf("wake lane: %w", err)
		}
	}
	return nil
}
