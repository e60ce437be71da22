package notifier

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/act"
	"github.com/bridgelog/bridgelog/services/notifier/internal/lane"
)

// targets are the webhooks as the catalog and the ledger have them.
func (s *Service) targets(ctx context.Context) ([]act.Target, error) {
	resources := s.config.Catalog.State().List("webhook")
	if len(resources) == 0 {
		return nil, nil
	}
	disabled, err := s.ledger.Disabled(ctx)
	if err != nil {
		return nil, err
	}
	targets := make([]act.Target, 0, len(resources))
	for _, r := range resources {
		spec := r.Spec.GetWebhook()
		at, off := disabled[r.ID]
		targets = append(targets, act.Target{
			ID: r.ID, EventTypes: spec.GetEventTypes(), Severities: severities(spec), Services: spec.GetServices(),
			IncludePrivate: spec.GetIncludePrivate(), Off: spec.GetDisabled() || off && at == r.Revision,
		})
	}
	return targets, nil
}

// receiver finds a webhook for its lane.
func (s *Service) receiver(id string) (lane.Receiver, bool) {
	r, ok := s.config.Catalog.State().Get("webhook", id)
	if !ok {
		return lane.Receiver{}, false
	}
	spec := r.Spec.GetWebhook()
	return lane.Receiver{URL: spec.GetUrl(), Secrets: spec.GetSecrets(), Revision: r.Revision, Paused: spec.GetDisabled()}, true
}

func severities(spec *catalogv1.WebhookSpec) []incident.Severity {
	out := make([]incident.Severity, 0, len(spec.GetSeverities()))
	for _, s := range spec.GetSeverities() {
		out = append(out, incident.Severity(s))
	}
	return out
}
