package write

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// append seals events into one commit and appends it to the desk.
func (s *Service) append(ctx context.Context, d *history.Desk, a act, events []incident.Event) (*incidentv1.WriteResult, error) {
	ctx, span := s.Tracer.Start(ctx, "append incident", trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(
		attribute.String("messaging.system", "nats"),
		attribute.String("messaging.destination.name", d.Subject()),
		attribute.Int("bridgelog.events", len(events)),
	))
	defer span.End()
	data, err := s.seal(ctx, d, a, events)
	if err != nil {
		return nil, err
	}
	if err := pointBeforeAppend.Hit(ctx); err != nil {
		return nil, err
	}
	first := d.State.Revision + 1
	position, err := d.Append(ctx, data, telemetry.Inject(ctx))
	if err != nil {
		span.SetStatus(otelcodes.Error, "append")
		return nil, err
	}
	if err := pointAfterAppend.Hit(ctx); err != nil {
		return nil, err
	}
	result := resultOf(d, a, first, d.State.Revision, position)
	name(result, events)
	s.advise(result, d.State, a.command)
	return result, pointBeforeReply.Hit(ctx)
}

// seal encodes events as the next commit of the desk.
func (s *Service) seal(ctx context.Context, d *history.Desk, a act, events []incident.Event) ([]byte, error) {
	now := s.Now()
	drafts, err := s.drafts(events, a.who, incident.Context{Now: now, OccurredAt: timeOf(a.when)}.When())
	if err != nil {
		return nil, err
	}
	req := chain.Request{ID: a.requestID, Body: a.body, TraceParent: telemetry.TraceParent(ctx)}
	data, _, err := chain.Seal(d.Head, d.Subject(), drafts, req, now, s.Random)
	return data, err
}

// drafts encodes events that happened at one time.
func (s *Service) drafts(events []incident.Event, who caller, at time.Time) ([]chain.Draft, error) {
	drafts := make([]chain.Draft, len(events))
	for i, e := range events {
		draft, err := record.Encode(e)
		if err != nil {
			return nil, err
		}
		if draft.EventID, err = s.newEventID(); err != nil {
			return nil, err
		}
		draft.OccurredAt, draft.Actor, draft.Principal = at, string(who.actor), string(who.principal)
		drafts[i] = draft
	}
	return drafts, nil
}
