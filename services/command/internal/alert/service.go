package alert

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
)

// Service implements signalv1.AlertServiceServer. Its fields are set once,
// before the first call.
type Service struct {
	signalv1.UnimplementedAlertServiceServer

	// Log is where alerts live.
	Log eventlog.Log
	// Actor returns the opaque id of the authenticated caller.
	Actor func(ctx context.Context) string
	// Caller says who calls, for a person when that is given; it refuses who may not
	// act for somebody else.
	Caller func(ctx context.Context, onBehalfOf string) (Caller, error)
	// Incident returns an incident as it stands in the log; one that does not exist
	// is the zero state.
	Incident func(ctx context.Context, id incident.ID) (incident.State, error)
	// Declarer declares incidents from alerts; Catalog knows what to propose.
	Declarer Declarer
	Catalog  func() *catalog.State
	// Follow writes down what follows for the page of an alert that was acknowledged or
	// ended. When it fails the call fails, and its repetition makes up for it. Optional:
	// no alert has a page then.
	Follow func(ctx context.Context, alertID string) error
	// Now is the clock, Random the source of salts.
	Now    func() time.Time
	Random io.Reader
}

// Caller is who makes a call.
type Caller struct {
	// Actor is the opaque id to whom the act is attributed, Principal that of the
	// authenticated caller, who is the scope of request ids.
	Actor, Principal string
	// Ours is true for our own services.
	Ours bool
	// Sees tells whether an incident exists for the caller.
	Sees func(incident.State) bool
}

// RecordAlertFired writes that an episode began, unless that is written already.
func (s *Service) RecordAlertFired(ctx context.Context, r *signalv1.RecordAlertFiredRequest) (*signalv1.RecordAlertFiredResponse, error) {
	if err := s.onlyOurs(ctx); err != nil {
		return nil, err
	}
	fired := alert.Fired{
		Source: r.GetSource(), Fingerprint: r.GetFingerprint(), StartsAt: time.UnixMicro(r.GetStartsAtUs()).UTC(),
		Route: r.GetRoute(), Group: r.GetGroup(), Incident: r.GetIncidentId(), SignalID: r.GetSignalId(),
		Title: r.GetTitle(), Labels: r.GetLabels(), Annotations: r.GetAnnotations(), GeneratorURL: r.GetGeneratorUrl(),
		Flapping: flappingOf(r.GetFlapping()),
	}
	answer := &signalv1.RecordAlertFiredResponse{AlertId: alert.ID(fired.Source, fired.Fingerprint, fired.StartsAt)}
	w := s.writer()
	request := life.Request[alert.State]{Actor: s.Actor(ctx)}
	at, err := w.PerformAll(ctx, alert.Subject(answer.GetAlertId()), request, func(state alert.State) ([]life.Draft, error) {
		answer.IncidentId, answer.Unchanged = fired.Incident, false
		if state.Began() {
			answer.IncidentId, answer.Unchanged = state.Incident(), true
			return nil, nil
		}
		if r.GetSuppressedBy() != nil {
			return []life.Draft{fired.Draft, suppressedBy(r.GetSuppressedBy()).Draft}, nil
		}
		return []life.Draft{fired.Draft}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("record alert fired: %w", err)
	}
	answer.Position = at
	return answer, nil
}

// RecordAlertResolved writes that an episode ended, unless that is written
// already. An alert that never fired is FailedPrecondition.
func (s *Service) RecordAlertResolved(ctx context.Context, r *signalv1.RecordAlertResolvedRequest) (*signalv1.RecordAlertResolvedResponse, error) {
	resolved := alert.Resolved{EndsAt: time.UnixMicro(r.GetEndsAtUs()).UTC(), SignalID: r.GetSignalId()}
	answer := &signalv1.RecordAlertResolvedResponse{}
	err := s.record(ctx, r.GetAlertId(), func(state alert.State) (life.Draft, error) {
		answer.Unchanged, answer.Position = false, ""
		switch {
		case !state.Began():
			return nil, neverFired()
		case state.Ended():
			answer.Unchanged = true
			return nil, nil
		}
		return resolved.Draft, nil
	}, &answer.Position)
	if err != nil {
		return nil, fmt.Errorf("record alert resolved: %w", err)
	}
	if err := s.follow(ctx, r.GetAlertId()); err != nil {
		return nil, fmt.Errorf("end the page of the alert: %w", err)
	}
	return answer, nil
}

func (s *Service) follow(ctx context.Context, alertID string) error {
	if s.Follow == nil {
		return nil
	}
	if err := pointBeforeFollow.Hit(ctx); err != nil {
		return err
	}
	return s.Follow(ctx, alertID)
}

// onlyOurs refuses everybody but our own services: what became of an alert is no business
// of those who may not see it, and decides who is called.
func (s *Service) onlyOurs(ctx context.Context) error {
	who, err := s.Caller(ctx, "")
	if err != nil {
		return err
	}
	if !who.Ours {
		return rpc.OnlyServices("", "write what became of an alert: send what happens to a door, or acknowledge the alert")
	}
	return nil
}

// record decides on the alert as it stands. What was written is reported in position.
func (s *Service) record(ctx context.Context, id string, decide func(alert.State) (life.Draft, error), position *string) error {
	if err := s.onlyOurs(ctx); err != nil {
		return err
	}
	w := s.writer()
	at, err := w.Record(ctx, alert.Subject(id), decide)
	*position = at
	return err
}

func (s *Service) writer() *life.Writer[alert.State] {
	return &life.Writer[alert.State]{
		Log: s.Log, Actor: s.Actor, Now: s.Now, Random: s.Random, Fold: alert.Fold,
		End: func(state alert.State) (chain.Head, bool) { return state.Head, state.Frozen },
	}
}
