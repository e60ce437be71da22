package alert

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
)

// suppressedBy is what keeps an alert from calling.
func suppressedBy(by *signalv1.SuppressedBy) alert.Suppressed {
	return alert.Suppressed{
		Kind: by.GetKind(), Name: by.GetName(), ID: by.GetId(), Until: time.UnixMicro(by.GetUntilUs()).UTC(),
		At: time.UnixMicro(by.GetAtUs()).UTC(),
	}
}

func flappingOf(f *signalv1.FlappingNow) alert.Flapping {
	if f == nil {
		return alert.Flapping{}
	}
	return alert.Flapping{
		Episodes: int(f.GetEpisodes()), Since: time.UnixMicro(f.GetSinceUs()).UTC(),
		Window: time.Duration(f.GetWindowUs()) * time.Microsecond,
	}
}

// RecordAlertSuppressed writes what keeps an alert from calling, unless that is written
// already or the alert is over. One that never fired is FailedPrecondition.
func (s *Service) RecordAlertSuppressed(ctx context.Context, r *signalv1.RecordAlertSuppressedRequest) (*signalv1.RecordAlertSuppressedResponse, error) {
	by := suppressedBy(r.GetBy())
	answer := &signalv1.RecordAlertSuppressedResponse{}
	err := s.record(ctx, r.GetAlertId(), func(state alert.State) (life.Draft, error) {
		answer.Unchanged = state.Ended() || state.SuppressedLike(by)
		switch {
		case !state.Began():
			return nil, neverFired()
		case answer.GetUnchanged():
			return nil, nil
		}
		return by.Draft, nil
	}, &answer.Position)
	if err != nil {
		return nil, fmt.Errorf("record alert suppressed: %w", err)
	}
	return answer, nil
}

// RecordAlertUnsuppressed writes that nothing keeps an alert from calling any more, unless
// that is so already or the alert is over. One that never fired is FailedPrecondition.
func (s *Service) RecordAlertUnsuppressed(ctx context.Context, r *signalv1.RecordAlertUnsuppressedRequest) (*signalv1.RecordAlertUnsuppressedResponse, error) {
	event := alert.Unsuppressed{At: time.UnixMicro(r.GetAtUs()).UTC(), Route: r.GetRoute(), Group: r.GetGroup(), Incident: r.GetIncidentId()}
	answer := &signalv1.RecordAlertUnsuppressedResponse{}
	err := s.record(ctx, r.GetAlertId(), func(state alert.State) (life.Draft, error) {
		answer.Unchanged, answer.IncidentId = state.Ended() || !state.IsSuppressed(), state.Incident()
		switch {
		case !state.Began():
			return nil, neverFired()
		case answer.GetUnchanged():
			return nil, nil
		case answer.GetIncidentId() == "":
			answer.IncidentId = event.Incident
		}
		return event.Draft, nil
	}, &answer.Position)
	if err != nil {
		return nil, fmt.Errorf("record alert unsuppressed: %w", err)
	}
	return answer, nil
}

// RecordAlertCalmed writes that what was flapping has been quiet, on its last episode. One
// that never fired is FailedPrecondition.
func (s *Service) RecordAlertCalmed(ctx context.Context, r *signalv1.RecordAlertCalmedRequest) (*signalv1.RecordAlertCalmedResponse, error) {
	event := alert.Calmed{At: time.UnixMicro(r.GetAtUs()).UTC()}
	answer := &signalv1.RecordAlertCalmedResponse{}
	err := s.record(ctx, r.GetAlertId(), func(state alert.State) (life.Draft, error) {
		answer.Unchanged = !state.Ended() || !state.Fired.Flapping.Is() || !state.CalmedAt.IsZero()
		switch {
		case !state.Began():
			return nil, neverFired()
		case answer.GetUnchanged():
			return nil, nil
		}
		return event.Draft, nil
	}, &answer.Position)
	if err != nil {
		return nil, fmt.Errorf("record alert calmed: %w", err)
	}
	return answer, nil
}

func neverFired() error {
	return status.Error(codes.FailedPrecondition, "this alert never fired: record that it fired first")
}

// Seen returns an alert that exists for the caller; the refusal of one that does not is
// the same as of one that there is not.
func (s *Service) Seen(ctx context.Context, id string) (alert.State, error) {
	who, err := s.Caller(ctx, "")
	if err != nil {
		return alert.State{}, err
	}
	w := s.writer()
	state, err := w.State(ctx, alert.Subject(id))
	if err != nil {
		return alert.State{}, err
	}
	return state, s.see(ctx, attend{who: who}, state)
}
