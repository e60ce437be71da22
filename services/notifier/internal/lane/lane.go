package lane

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/services/notifier/internal/admit"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/highwater"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

const (
	// leaseTime is how long a lane may be silent. It starts attempts for at most
	// roundTime, each takes at most call.Timeout, and the lease is renewed before
	// each round.
	leaseTime = 3 * call.Timeout
	roundTime = call.Timeout
	// most is how many deliveries a lane takes in one round, width how many of them
	// it attempts at once.
	most  = 256
	width = 64
	// stopTime is how long a lane may take to write down what was answered when it
	// has to stop.
	stopTime = time.Second
	// lingerTime is how long a lane without work stays.
	lingerTime = 250 * time.Millisecond
	// pausedFor is how long a receiver is left alone that an operator has paused.
	pausedFor = 10 * time.Second
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
	Name     string
	URL      string
	Secrets  []string
	Revision uint64
	// Paused: an operator wants nothing sent for now.
	Paused bool
	// IncludePrivate: it may hear of private incidents.
	IncludePrivate bool
}

// Worker drains lanes. It implements river.Worker.
type Worker struct {
	river.WorkerDefaults[Args]

	Ledger *ledger.Ledger
	Gate   *admit.Gate
	Keeper *highwater.Keeper
	Caller *call.Caller
	Bell   *Bell
	// Receiver finds a receiver by id; false when it was deleted.
	Receiver func(ctx context.Context, webhookID string) (Receiver, bool)
	// Private returns those of the incidents that are private now.
	Private func(ctx context.Context, ids []string) ([]string, error)
	// Notices builds what others are told of a receiver that is disabled.
	Notices func(webhookID string, r Receiver, code, reason string) []ledger.Delivery
	// Disable replaces [DefaultDisableAfter].
	Disable time.Duration
	Metrics *Metrics
	Now     func() time.Time
	Logger  *slog.Logger
	Tracer  trace.Tracer
}

// Timeout implements river.Worker: a lane works as long as there is something to
// deliver; each attempt has its own limit.
func (*Worker) Timeout(*river.Job[Args]) time.Duration { return -1 }

// Work implements river.Worker. Whatever goes wrong, the lane is woken again when
// its lease has run out.
func (w *Worker) Work(ctx context.Context, job *river.Job[Args]) error {
	l := &lane{Worker: w, webhook: job.Args.WebhookID, owner: uuid.NewString()}
	err := l.run(ctx)
	if err != nil {
		// Others need not wait until the lease runs out.
		_ = w.Ledger.Abandon(context.WithoutCancel(ctx), l.webhook, l.owner, time.Second)
		if ctx.Err() == nil {
			w.Gate.Close()
		}
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
		if err := l.Gate.Pass(ctx); err != nil {
			return err
		}
		rung := l.Bell.listen(l.webhook)
		lease, due, mine, err := l.Ledger.Lease(ctx, l.webhook, l.owner, leaseTime, most)
		if err != nil || !mine {
			return err
		}
		receiver, exists := l.Receiver(ctx, l.webhook)
		if code, reason := unwanted(receiver, exists, lease); code != "" {
			if err := l.Ledger.CancelPending(ctx, l.webhook, code, reason); err != nil {
				return err
			}
			due = nil
		} else if receiver.Paused {
			return l.Ledger.Abandon(ctx, l.webhook, l.owner, pausedFor)
		}
		if due, err = l.allowed(ctx, receiver, due); err != nil {
			return err
		}
		if len(due) > 0 && !lease.Throttled {
			if err := l.round(ctx, receiver, lease, due); err != nil {
				return err
			}
			continue
		}
		if l.linger(ctx, rung, lease) {
			continue
		}
		if done, err := l.Ledger.Rest(ctx, l.webhook, l.owner); err != nil || done {
			l.Bell.leave(l.webhook)
			return err
		}
	}
}

// linger waits a moment for something new, which costs less than to go and to be
// woken again. It is true when the bell rang.
func (l *lane) linger(ctx context.Context, rung <-chan struct{}, lease ledger.Lease) bool {
	if lease.Throttled {
		return false
	}
	t := time.NewTimer(lingerTime)
	defer t.Stop()
	select {
	case <-rung:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// unwanted says why a receiver gets nothing any more; empty when it does.
func unwanted(r Receiver, exists bool, lease ledger.Lease) (code, reason string) {
	switch {
	case !exists:
		return ledger.CodeDeleted, "the webhook was deleted"
	case lease.DisabledRevision > 0 && lease.DisabledRevision == r.Revision:
		return ledger.CodeDisabled, "the webhook is disabled"
	}
	return "", ""
}

// round attempts what is due and records what came of it.
func (l *lane) round(ctx context.Context, receiver Receiver, lease ledger.Lease, due []db.DueRow) error {
	mark := highwater.Mark{Round: lease.Round}
	for i := range due {
		mark.Sequence = max(mark.Sequence, uint64(due[i].Sequence))
	}
	if err := pointBeforeMark.Hit(ctx); err != nil {
		return err
	}
	if err := l.Keeper.Raise(ctx, mark); err != nil {
		return err
	}
	if err := pointBeforeSend.Hit(ctx); err != nil {
		return err
	}
	results := l.send(ctx, receiver, due)
	if ctx.Err() != nil {
		return l.stopped(ctx, receiver, lease, results)
	}
	if err := pointAfterSend.Hit(ctx); err != nil {
		return err
	}
	if err := l.record(ctx, receiver, lease, results); err != nil {
		return err
	}
	return pointAfterRecord.Hit(ctx)
}

// stopped records what was answered before the process was told to stop. What was
// sent in the last moment may be sent again; its id tells.
func (l *lane) stopped(ctx context.Context, receiver Receiver, lease ledger.Lease, results []result) error {
	answered := slices.DeleteFunc(results, func(r result) bool { return r.Status == 0 })
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if len(answered) > 0 {
		if err := l.record(last, receiver, lease, answered); err != nil {
			return err
		}
	}
	return fmt.Errorf("stop: %w", ctx.Err())
}

// record writes a round down and disables the receiver if it is time.
func (l *lane) record(ctx context.Context, receiver Receiver, lease ledger.Lease, results []result) error {
	round := ledger.Round{WebhookID: l.webhook, Throttle: throttle(results, lease.Failures)}
	gone := false
	for i := range results {
		round.Attempts = append(round.Attempts, results[i].Attempt)
		gone = gone || results[i].gone
	}
	noted, err := l.Ledger.Record(ctx, round)
	if err != nil {
		return err
	}
	code, reason := l.verdict(gone, noted.Failures, noted.Since)
	if code == "" {
		return nil
	}
	l.Logger.WarnContext(ctx, "a webhook is disabled", "webhook_id", l.webhook, "code", code, "reason", reason)
	l.Metrics.disabled(code)
	notices := l.Notices(l.webhook, receiver, code, reason)
	asleep, err := l.Ledger.Disable(ctx, l.webhook, ledger.Disabling{Revision: receiver.Revision, Code: code, Reason: reason, Notices: notices})
	if err != nil {
		return err
	}
	var told []string
	for i := range notices {
		told = append(told, notices[i].WebhookID)
	}
	return Waker{Client: river.ClientFromContext[pgx.Tx](ctx), Bell: l.Bell}.Wake(ctx, told, asleep)
}
