package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	"github.com/bridgelog/bridgelog/pkg/silence"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Waits between attempts while what is needed cannot be reached.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = 5 * time.Second
	callTimeout = 15 * time.Second
	maxAttempts = 20 // with errors that nobody expected
	// complainEvery is how often failing attempts are logged, at most.
	complainEvery = time.Second
)

// Dispatcher handles signals. Its fields are set once, before the first signal.
type Dispatcher struct {
	// Sources read the signals.
	Sources source.Catalog
	// Index knows the alerts, Known the incidents, Open those that are worked on.
	Index *Index
	Known *Incidents
	Open  *Open
	// Rules returns the rules as they are, sorted.
	Rules func() []route.Rule
	// Silences returns those that there are, sorted as silence.Find needs them.
	Silences func() []silence.Silence
	// Runbooks returns those that there are; nil: there are none.
	Runbooks func() *runbook.Library
	// Now is the clock.
	Now func() time.Time
	// Incidents and Alerts write.
	Incidents incidentv1.CommandServiceClient
	Alerts    signalv1.AlertServiceClient
	// Pages calls people.
	Pages signalv1.PageServiceClient
	// Changes writes reports of changes, Service is the catalog's name for what a sender
	// calls a service.
	Changes signalv1.ChangeServiceClient
	Service func(called string) string

	// Aside notes that a signal cannot be read, or not be handled; nil: it is only logged.
	Aside func(ctx context.Context, s *signalv1.RawSignal, reason error) error

	Metrics *Metrics
	Logger  *slog.Logger
	Tracer  trace.Tracer

	complained atomic.Int64 // when attempts that failed were last logged, in nanoseconds
}

// Handle works on signals until all that they say is in the log. It waits for what
// cannot be reached and returns an error only when ctx ends. What can never be
// written is passed over: its raw signal is set aside with the reason.
//
// What a ring asks for is done in its place among the signals: when it was begun and comes
// again, what came after it, the end of an alert perhaps, must not be done first.
func (d *Dispatcher) Handle(ctx context.Context, batch []*signalv1.RawSignal) error {
	for len(batch) > 0 {
		n := 1 + slices.IndexFunc(batch, (*signalv1.RawSignal).GetDue)
		if n == 0 {
			n = len(batch)
		}
		if err := d.part(ctx, batch[:n]); err != nil {
			return err
		}
		batch = batch[n:]
	}
	return nil
}

// part works on signals of which only the last may be a ring.
func (d *Dispatcher) part(ctx context.Context, batch []*signalv1.RawSignal) error {
	w := newWork(d)
	for _, s := range batch {
		ctx, span := d.Tracer.Start(telemetry.WithTraceParent(ctx, s.GetTraceParent()), "intake.dispatch",
			trace.WithSpanKind(trace.SpanKindConsumer))
		defer span.End() // ends with the batch, whose alerts are worked on side by side
		if err := w.read(ctx, s); err != nil {
			return err
		}
	}
	if err := w.run(ctx); err != nil {
		return err
	}
	for _, s := range batch {
		d.Metrics.handled(s)
	}
	return nil
}

// insist repeats one step until it succeeds, never can, or ctx ends; the error is
// ctx's.
func (d *Dispatcher) insist(ctx context.Context, signal, door string, step func(context.Context) error) error {
	never, err := d.attempt(ctx, signal, step)
	if never != nil {
		d.giveUp(ctx, signal, door, never)
	}
	return err
}

// attempt repeats one step until it succeeds, never can, or ctx ends. It returns why it
// never can; the error is ctx's.
func (d *Dispatcher) attempt(ctx context.Context, signal string, step func(context.Context) error) (never, err error) {
	rest := firstWait
	for attempts := 1; ; attempts++ {
		attempt, cancel := context.WithTimeout(ctx, callTimeout)
		err := step(attempt)
		cancel()
		switch {
		case err == nil:
			return nil, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("dispatch: %w", ctx.Err())
		case hopeless(err, attempts):
			return err, nil
		}
		d.Metrics.retried()
		d.complain(ctx, signal, err)
		if wait.For(ctx, rest) != nil {
			return nil, fmt.Errorf("dispatch: %w", ctx.Err())
		}
		rest = min(2*rest, longestWait)
	}
}

// complain logs an attempt that failed, unless another one was logged just now:
// many alerts wait for the same thing.
func (d *Dispatcher) complain(ctx context.Context, signal string, err error) {
	now, last := time.Now().UnixNano(), d.complained.Load()
	if now-last < int64(complainEvery) || !d.complained.CompareAndSwap(last, now) {
		return
	}
	d.Logger.WarnContext(ctx, "alerts are tried again", "signal_id", signal, "error", err)
}

// setAside keeps a signal among those that are unread: it was read when it came and cannot
// be read any more, because its sender's mapping is another one or this version is, or
// what it says is refused for good. Its error is ctx's.
func (d *Dispatcher) setAside(ctx context.Context, s *signalv1.RawSignal, reason error) error {
	d.giveUp(ctx, s.GetId(), s.GetSource(), reason)
	return d.note(ctx, s, reason)
}

// note writes why a signal is set aside.
func (d *Dispatcher) note(ctx context.Context, s *signalv1.RawSignal, reason error) error {
	if d.Aside == nil {
		return nil
	}
	return d.insist(ctx, s.GetId(), s.GetSource(), func(ctx context.Context) error { return d.Aside(ctx, s, reason) })
}

func (d *Dispatcher) giveUp(ctx context.Context, signal, door string, err error) {
	d.Metrics.failed()
	d.Logger.ErrorContext(ctx, "signal cannot be handled and stays as evidence", "signal_id", signal, "source", door, "error", err)
}

// hopeless tells whether trying again cannot help. What may pass is tried for
// ever; an error that nobody expected ends after a while, so that one signal
// cannot hold up all that come after it.
func hopeless(err error, attempts int) bool {
	if errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, signals.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Aborted, codes.ResourceExhausted,
		codes.Unauthenticated, codes.PermissionDenied:
		return false
	case codes.InvalidArgument, codes.AlreadyExists, codes.OutOfRange:
		return true
	}
	return attempts >= maxAttempts
}
