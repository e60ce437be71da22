package alert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Service implements signalv1.AlertServiceServer. Its fields are set once,
// before the first call.
type Service struct {
	signalv1.UnimplementedAlertServiceServer

	// Log is where alerts live.
	Log eventlog.Log
	// Actor returns the opaque id of the authenticated caller.
	Actor func(ctx context.Context) string
	// Now is the clock, Random the source of salts.
	Now    func() time.Time
	Random io.Reader
}

// RecordAlertFired writes that an episode began, unless that is written already.
func (s *Service) RecordAlertFired(ctx context.Context, r *signalv1.RecordAlertFiredRequest) (*signalv1.RecordAlertFiredResponse, error) {
	fired := alert.Fired{
		Source: r.GetSource(), Fingerprint: r.GetFingerprint(), StartsAt: time.UnixMicro(r.GetStartsAtUs()).UTC(),
		Route: r.GetRoute(), Group: r.GetGroup(), Incident: r.GetIncidentId(), SignalID: r.GetSignalId(),
		Title: r.GetTitle(), Labels: r.GetLabels(), Annotations: r.GetAnnotations(), GeneratorURL: r.GetGeneratorUrl(),
	}
	answer := &signalv1.RecordAlertFiredResponse{AlertId: alert.ID(fired.Source, fired.Fingerprint, fired.StartsAt)}
	err := s.record(ctx, answer.GetAlertId(), func(state alert.State) (draftFunc, error) {
		answer.IncidentId, answer.Unchanged, answer.Position = fired.Incident, false, ""
		if state.Began() {
			answer.IncidentId, answer.Unchanged = state.Fired.Incident, true
			return nil, nil
		}
		return fired.Draft, nil
	}, &answer.Position)
	if err != nil {
		return nil, fmt.Errorf("record alert fired: %w", err)
	}
	return answer, nil
}

// RecordAlertResolved writes that an episode ended, unless that is written
// already. An alert that never fired is FailedPrecondition.
func (s *Service) RecordAlertResolved(ctx context.Context, r *signalv1.RecordAlertResolvedRequest) (*signalv1.RecordAlertResolvedResponse, error) {
	resolved := alert.Resolved{EndsAt: time.UnixMicro(r.GetEndsAtUs()).UTC(), SignalID: r.GetSignalId()}
	answer := &signalv1.RecordAlertResolvedResponse{}
	err := s.record(ctx, r.GetAlertId(), func(state alert.State) (draftFunc, error) {
		answer.Unchanged, answer.Position = false, ""
		switch {
		case !state.Began():
			return nil, status.Error(codes.FailedPrecondition, "this alert never fired: record that it fired first")
		case state.Ended():
			answer.Unchanged = true
			return nil, nil
		}
		return resolved.Draft, nil
	}, &answer.Position)
	if err != nil {
		return nil, fmt.Errorf("record alert resolved: %w", err)
	}
	return answer, nil
}

// draftFunc prepares an event under a new event id; nil: nothing is to be written.
type draftFunc func(eventID string) (chain.Draft, error)

// record decides on the alert as it stands and appends, again and again while
// others are quicker. What was written is reported in position.
func (s *Service) record(ctx context.Context, id string, decide func(alert.State) (draftFunc, error), position *string) error {
	subject := alert.Subject(id)
	for {
		state, last, err := s.load(ctx, subject)
		if err != nil {
			return err
		}
		draft, err := decide(state)
		if err != nil || draft == nil {
			return err
		}
		if state.Frozen {
			return status.Error(codes.FailedPrecondition, "a later version has written to this alert: upgrade this server")
		}
		at, err := s.append(ctx, subject, last, state.Head, draft)
		if errors.Is(err, eventlog.ErrConflict) {
			continue
		}
		*position = at.String()
		return err
	}
}

// load folds the alert and returns the sequence of its last message.
func (s *Service) load(ctx context.Context, subject string) (alert.State, uint64, error) {
	var state alert.State
	var last uint64
	messages, err := s.Log.Load(ctx, subject, 0)
	if err != nil {
		return state, 0, fmt.Errorf("load %s: %w", subject, err)
	}
	for _, m := range messages {
		if state, err = alert.Fold(state, m.Data); err != nil {
			return state, 0, err
		}
		last = m.Sequence
	}
	return state, last, nil
}

func (s *Service) append(ctx context.Context, subject string, last uint64, head chain.Head, draft draftFunc) (eventlog.Position, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return eventlog.Position{}, fmt.Errorf("make event id: %w", err)
	}
	d, err := draft(id.String())
	if err != nil {
		return eventlog.Position{}, err
	}
	d.Actor = s.Actor(ctx)
	request := chain.Request{TraceParent: telemetry.TraceParent(ctx)}
	data, _, err := chain.Seal(head, subject, []chain.Draft{d}, request, s.Now(), s.Random)
	if err != nil {
		return eventlog.Position{}, err
	}
	return s.Log.Append(ctx, eventlog.Append{Subject: subject, Expect: last, Data: data, Header: telemetry.Inject(ctx)})
}
