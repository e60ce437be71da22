package dispatch

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Outcomes of a report of a change, for the metric.
const (
	outcomeRecorded  = "recorded"
	outcomeUnchanged = "unchanged"
)

// report is one report of a change as a signal brought it.
type report struct {
	change.Report

	span  trace.SpanContext // of the signal
	aside *aside            // sets its signal aside
}

// reports are those of a batch, under the names that the catalog has for their services.
func (w *work) reports(batch source.Batch, like arrival) []report {
	reports := make([]report, 0, len(batch.Changes))
	for _, r := range batch.Changes {
		r.Source, r.SignalID, r.Service = like.source, like.signal, w.Service(r.Service)
		reports = append(reports, report{r, like.span, like.aside})
	}
	return reports
}

// tell brings all reports of changes into the log side by side; those of one change in
// order.
func (w *work) tell(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	slots := make(chan struct{}, atOnce)
	changes := chain{}
	for _, r := range w.told {
		before, done := changes.link(r.Source + " " + r.Key)
		group.Go(func() error {
			defer done()
			select {
			case <-before:
			case <-ctx.Done():
				return ctx.Err()
			}
			slots <- struct{}{} // held only by work that ends with ctx
			defer func() { <-slots }()
			return w.record(ctx, r)
		})
	}
	return group.Wait()
}

// record brings one report into the log.
func (w *work) record(ctx context.Context, r report) error {
	ctx = trace.ContextWithSpanContext(ctx, r.span)
	never, err := w.attempt(ctx, r.SignalID, func(ctx context.Context) error {
		answer, err := w.Changes.RecordChange(ctx, &signalv1.RecordChangeRequest{
			Source: r.Source, Key: r.Key, Kind: signalv1.ChangeKind(r.Kind), Service: r.Service, Environment: r.Environment,
			Version: r.Version, StartedAtUs: change.Micros(r.StartedAt), EndedAtUs: change.Micros(r.EndedAt),
			Outcome: signalv1.ChangeOutcome(r.Outcome), SignalId: r.SignalID, Title: r.Title, AuthorName: r.AuthorName,
			Link: r.Link, Description: r.Description, Labels: r.Labels,
		})
		if err != nil {
			return fmt.Errorf("record change: %w", err)
		}
		outcome := outcomeRecorded
		if answer.GetUnchanged() {
			outcome = outcomeUnchanged
		}
		w.Metrics.change(r.Source, outcome)
		return pointAfterChange.Hit(ctx)
	})
	if never == nil {
		return err
	}
	return r.aside.put(ctx, w.Dispatcher, never)
}
