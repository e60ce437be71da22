package notifier

import (
	"context"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/lane"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// receiver finds a webhook for its lane. A webhook that is not known yet is waited
// for: only one that is certainly gone is false.
func (s *Service) receiver(ctx context.Context, id string) (lane.Receiver, bool) {
	r, ok := s.config.Catalog.State().Get("webhook", id)
	if !ok {
		last, err := s.config.Log.LastSequence(ctx, eventlog.FilterCatalog)
		if err != nil {
			return lane.Receiver{Paused: true}, true
		}
		state, err := s.config.Catalog.Wait(ctx, last)
		if err != nil {
			return lane.Receiver{Paused: true}, true
		}
		if r, ok = state.Get("webhook", id); !ok {
			return lane.Receiver{}, false
		}
	}
	spec := r.Spec.GetWebhook()
	return lane.Receiver{
		Name: r.Name, URL: spec.GetUrl(), Secrets: spec.GetSecrets(), Revision: r.Revision, Paused: spec.GetDisabled(),
		IncludePrivate: spec.GetIncludePrivate(),
	}, true
}

// notices tell the other webhooks that one was disabled: those that take the event
// and do not ask for certain severities or services.
func (s *Service) notices(id string, r lane.Receiver, code, reason string) []ledger.Delivery {
	eventID := uuid.NewString()
	body, err := s.writer().Disabled(eventID, event.Webhook{ID: id, Name: r.Name}, s.config.Now(), code, reason)
	if err != nil {
		s.config.Logger.Error("nobody is told that a webhook was disabled", "webhook_id", id, "error", err)
		return nil
	}
	var out []ledger.Delivery
	for _, other := range s.config.Catalog.State().List("webhook") {
		spec := other.Spec.GetWebhook()
		if other.ID == id || spec.GetDisabled() || !event.Matches(spec.GetEventTypes(), event.TypeDisabled) ||
			len(spec.GetSeverities()) > 0 || len(spec.GetServices()) > 0 {
			continue
		}
		out = append(out, ledger.Delivery{
			Kind: ledger.KindNotice, EventID: eventID, WebhookID: other.ID, EventType: event.TypeDisabled, Body: body,
		})
	}
	return out
}

// writer builds bodies with the names of today.
func (s *Service) writer() event.Writer {
	return event.Writer{Source: s.config.Source, Name: func(id string) string { return s.config.Catalog.State().Called(id) }}
}
