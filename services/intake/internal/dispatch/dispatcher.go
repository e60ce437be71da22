package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Waits between attempts while what is needed cannot be reached.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = 5 * time.Second
	callTimeout = 15 * time.Second
	maxAttempts = 20 // with errors that nobody expected
)

// Dispatcher handles signals. Its fields are set once, before the first signal.
type Dispatcher struct {
	// Sources read the signals.
	Sources source.Catalog
	// Index knows the alerts, Log the incidents.
	Index *Index
	Log   eventlog.Reader
	// Rules returns the rules as they are, sorted.
	Rules func() []route.Rule
	// Incidents and Alerts write.
	Incidents incidentv1.CommandServiceClient
	Alerts    signalv1.AlertServiceClient

	Metrics *Metrics
	Logger  *slog.Logger
	Tracer  trace.Tracer
}

// Handle works on one signal until all that it says is in the log. It waits for
// what cannot be reached and returns only when ctx ends. What can never be written
// is logged and passed over: the raw signal stays as evidence.
func (d *Dispatcher) Handle(ctx context.Context, s *signalv1.RawSignal) error {
	ctx, span := d.Tracer.Start(telemetry.WithTraceParent(ctx, s.GetTraceParent()), "intake.dispatch",
		trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	from, ok := d.Sources.Find(s.GetSource())
	if !ok {
		d.giveUp(ctx, s, errors.New("no such source"))
		return nil
	}
	batch, err := from.Parse(s.GetBody())
	if err != nil {
		d.giveUp(ctx, s, err)
		return nil
	}
	for i := range batch.Alerts {
		in := arrival{
			source: from.Name(), groupKey: batch.GroupKey, alert: &batch.Alerts[i],
			signal: s.GetId(), at: time.UnixMicro(s.GetReceivedAtUs()).UTC(),
		}
		if err := d.insist(ctx, s, in); err != nil {
			return err
		}
	}
	d.Metrics.handled(s)
	return nil
}

// insist repeats one alert until it is in the log, cannot ever be, or ctx ends.
func (d *Dispatcher) insist(ctx context.Context, s *signalv1.RawSignal, in arrival) error {
	wait := firstWait
	for attempts := 1; ; attempts++ {
		attempt, cancel := context.WithTimeout(ctx, callTimeout)
		outcome, err := d.alert(attempt, in)
		cancel()
		switch {
		case err == nil:
			d.Metrics.alert(in.source, outcome)
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("dispatch: %w", ctx.Err())
		case hopeless(err, attempts):
			d.giveUp(ctx, s, err)
			return nil
		}
		d.Metrics.retried()
		d.Logger.WarnContext(ctx, "alert is tried again", "signal_id", s.GetId(), "error", err, "wait", wait)
		if !pause(ctx, wait) {
			return fmt.Errorf("dispatch: %w", ctx.Err())
		}
		wait = min(2*wait, longestWait)
	}
}

func (d *Dispatcher) giveUp(ctx context.Context, s *signalv1.RawSignal, err error) {
	d.Metrics.failed()
	d.Logger.ErrorContext(ctx, "signal cannot be handled and stays as evidence", "signal_id", s.GetId(), "source", s.GetSource(), "error", err)
}

// hopeless tells whether trying again cannot help. What may pass is tried for
// ever; an error that nobody expected ends after a while, so that one signal
// cannot hold up all that come after it.
func hopeless(err error, attempts int) bool {
	if errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
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

func pause(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
