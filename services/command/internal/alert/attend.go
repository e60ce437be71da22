package alert

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
)

// maxNotes bounds what is written down about one alert, so that a machine that
// repeats itself cannot make one alert slow to read.
const maxNotes = 500

// attending is what the calls of people have in common.
type attending interface {
	proto.Message
	GetAlertId() string
	GetRequestId() string
	GetOnBehalfOf() string
	GetOccurredAt() *timestamppb.Timestamp
}

// evident is a call that a machine may make for somebody.
type evident interface {
	GetEvidence() *signalv1.AlertEvidence
}

// attend says who does something to an alert, and when.
type attend struct {
	who              Caller
	at               time.Time
	signalID, saidBy string
	requestID        string
	// evident is true where a machine reports what it was told: it need not see the
	// incident of the alert.
	evident bool
}

// attendance reads what the calls of people have in common.
func (s *Service) attendance(ctx context.Context, r attending) (attend, error) {
	who, err := s.Caller(ctx, r.GetOnBehalfOf())
	if err != nil {
		return attend{}, err
	}
	a := attend{who: who, at: s.Now().UTC().Truncate(time.Microsecond), requestID: r.GetRequestId()}
	var evidence *signalv1.AlertEvidence
	if e, ok := r.(evident); ok {
		evidence = e.GetEvidence()
	}
	if t := r.GetOccurredAt(); t != nil {
		if err := t.CheckValid(); err != nil || t.AsTime().UnixMicro() <= 0 {
			return attend{}, rpc.InvalidField("occurred_at", "invalid_time", "occurred_at is not a time: leave it out for now")
		}
		if t.AsTime().After(a.at) && evidence == nil {
			return attend{}, rpc.InvalidField("occurred_at", "in_the_future",
				"occurred_at lies in the future: give a time that has passed, or leave it out for now")
		}
		// The clock of another machine may be ahead.
		a.at = earlier(a.at, t.AsTime().UTC().Truncate(time.Microsecond))
	}
	if evidence == nil {
		return a, nil
	}
	if !who.Ours {
		return attend{}, rpc.OnlyServices("evidence", "may say what a machine said: leave evidence out")
	}
	a.evident, a.signalID, a.saidBy = true, evidence.GetSignalId(), incident.Sanitize(evidence.GetSaidBy())
	a.who.Actor, a.requestID = evidence.GetSender(), "signal-"+evidence.GetSignalId()
	return a, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// visible refuses alerts that there are not, or not for the caller, in the same
// words.
func (s *Service) visible(a attend) func(context.Context, alert.State) error {
	return func(ctx context.Context, state alert.State) error { return s.see(ctx, a, state) }
}

func (s *Service) see(ctx context.Context, a attend, state alert.State) error {
	switch {
	case !state.Began():
		return hidden()
	case a.evident || state.Incident() == "":
		return nil
	}
	of, err := s.Incident(ctx, incident.ID(state.Incident()))
	if err != nil {
		return fmt.Errorf("look up the incident of the alert: %w", err)
	}
	if !a.who.Sees(of) {
		return hidden()
	}
	return nil
}

// hidden is the refusal of an alert that is not there for the caller.
func hidden() error {
	return &rpc.Refusal{
		Code: codes.NotFound, Reason: "no_such_alert", Field: "alert_id",
		Message: "there is no such alert: bridgelog alerts list shows those that there are",
	}
}

// AcknowledgeAlert writes that somebody takes care of an alert that is firing,
// unless somebody did so before; then what was said with it is kept as a note.
func (s *Service) AcknowledgeAlert(ctx context.Context, r *signalv1.AcknowledgeAlertRequest) (*signalv1.AcknowledgeAlertResponse, error) {
	a, err := s.attendance(ctx, r)
	if err != nil {
		return nil, err
	}
	event := alert.Acknowledged{By: a.who.Actor, At: a.at, SignalID: a.signalID, Note: clean(r.GetNote()), SaidBy: a.saidBy}
	answer := &signalv1.AcknowledgeAlertResponse{}
	answer.Position, err = s.perform(ctx, a, r, func(state alert.State) (life.Draft, error) {
		first := event
		answer.Unchanged = state.IsAcknowledged()
		if answer.Unchanged {
			first = state.Acknowledged
		}
		answer.AcknowledgedBy, answer.AcknowledgedTime = first.By, timestamppb.New(first.At)
		switch {
		case answer.GetUnchanged() && event.Note != "" && state.Notes < maxNotes:
			return alert.Noted{By: event.By, At: event.At, SignalID: event.SignalID, Text: event.Note, SaidBy: event.SaidBy}.Draft, nil
		case answer.GetUnchanged():
			return nil, nil
		case state.Ended():
			return nil, &rpc.Refusal{
				Code: codes.FailedPrecondition, Reason: "alert_ended", Field: "alert_id",
				Message: "this alert ended at " + state.EndedAt.UTC().Format(time.RFC3339) + ", so nobody can acknowledge it any more: write a note instead",
			}
		}
		return event.Draft, nil
	})
	if err != nil {
		return nil, fmt.Errorf("acknowledge alert: %w", err)
	}
	if err := s.follow(ctx, r.GetAlertId()); err != nil {
		return nil, fmt.Errorf("acknowledge the page of the alert: %w", err)
	}
	return answer, nil
}

// NoteAlert writes something down about an alert.
func (s *Service) NoteAlert(ctx context.Context, r *signalv1.NoteAlertRequest) (*signalv1.NoteAlertResponse, error) {
	a, err := s.attendance(ctx, r)
	if err != nil {
		return nil, err
	}
	event := alert.Noted{By: a.who.Actor, At: a.at, SignalID: a.signalID, Text: clean(r.GetText()), SaidBy: a.saidBy}
	if strings.TrimSpace(event.Text) == "" {
		return nil, rpc.InvalidField("text", "required", "text is empty: say what to write down")
	}
	answer := &signalv1.NoteAlertResponse{}
	answer.Position, err = s.perform(ctx, a, r, func(state alert.State) (life.Draft, error) {
		if state.Notes >= maxNotes {
			return nil, &rpc.Refusal{
				Code: codes.FailedPrecondition, Reason: "too_many_notes", Field: "alert_id",
				Message: fmt.Sprintf("this alert has %d notes, and no more are taken: write on its incident", maxNotes),
			}
		}
		return event.Draft, nil
	})
	if err != nil {
		return nil, fmt.Errorf("note alert: %w", err)
	}
	answer.Unchanged = answer.GetPosition() == ""
	return answer, nil
}

// perform writes what a call of somebody leads to.
func (s *Service) perform(ctx context.Context, a attend, r attending, decide func(alert.State) (life.Draft, error)) (string, error) {
	body, err := life.Digestible(r, "alert_id", "request_id")
	if err != nil {
		return "", err
	}
	request := life.Request[alert.State]{
		Actor: a.who.Actor, Principal: a.who.Principal, ID: a.requestID, Body: body, Visible: s.visible(a),
	}
	w := s.writer()
	return w.Perform(ctx, alert.Subject(r.GetAlertId()), request, decide)
}

// clean is text as it may be stored.
func clean(text string) string { return incident.Sanitize(text) }
