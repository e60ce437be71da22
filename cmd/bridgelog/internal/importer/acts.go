package importer

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Severity changes the severity; the same one again and none are nothing.
func (h *History) Severity(at time.Time, to incidentv1.Severity, reason string) {
	reason = incident.Sanitize(reason)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		if to == s.severity || to == incidentv1.Severity_SEVERITY_UNSPECIFIED {
			return nil
		}
		s.severity = to
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_ChangeSeverity{
			ChangeSeverity: &incidentv1.ChangeSeverityRequest{OccurredAt: stamp(at), Severity: to, Reason: reason},
		}}}
	})
}

// Status moves the incident. Resolved resolves it; an open status after that
// reopens it first; the same one again is nothing.
func (h *History) Status(at time.Time, to incidentv1.Status, summary string) {
	summary = h.text(summary)
	h.add(at, func(s *state) []*incidentv1.ImportStep { return s.move(at, to, summary) })
}

func (s *state) move(at time.Time, to incidentv1.Status, summary string) []*incidentv1.ImportStep {
	if to == s.status || to == incidentv1.Status_STATUS_UNSPECIFIED {
		return nil
	}
	from := s.status
	s.status = to
	if to <= incidentv1.Status_STATUS_INVESTIGATING {
		s.mitigated = false
	}
	if to == incidentv1.Status_STATUS_RESOLVED {
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_ResolveIncident{
			ResolveIncident: &incidentv1.ResolveIncidentRequest{OccurredAt: stamp(at), Summary: summary},
		}}}
	}
	var steps []*incidentv1.ImportStep
	if from == incidentv1.Status_STATUS_RESOLVED {
		s.mitigated = false
		steps = append(steps, &incidentv1.ImportStep{Act: &incidentv1.ImportStep_ReopenIncident{
			ReopenIncident: &incidentv1.ReopenIncidentRequest{OccurredAt: stamp(at)},
		}})
		if to == incidentv1.Status_STATUS_INVESTIGATING {
			return steps
		}
	}
	return append(steps, &incidentv1.ImportStep{Act: &incidentv1.ImportStep_ChangeStatus{
		ChangeStatus: &incidentv1.ChangeStatusRequest{OccurredAt: stamp(at), Status: to},
	}})
}

// Mitigate says that customers are no longer hurt. Where that is known already,
// or the incident is over, its summary is kept as a note.
func (h *History) Mitigate(at time.Time, summary string) {
	summary = h.text(summary)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		if s.status >= incidentv1.Status_STATUS_RESOLVED || s.mitigated {
			return note(at, summary, "mitigated", "")
		}
		s.mitigated = true
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_MitigateIncident{
			MitigateIncident: &incidentv1.MitigateIncidentRequest{OccurredAt: stamp(at), Summary: summary},
		}}}
	})
}

// Acknowledge says that somebody takes care.
func (h *History) Acknowledge(at time.Time) {
	h.add(at, func(*state) []*incidentv1.ImportStep {
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_AcknowledgeIncident{
			AcknowledgeIncident: &incidentv1.AcknowledgeIncidentRequest{OccurredAt: stamp(at)},
		}}}
	})
}

// Note keeps a text under a label; an empty one is nothing.
func (h *History) Note(at time.Time, text, label, author string) {
	text, author = h.text(text), Clip(h.text(author), 254)
	h.add(at, func(*state) []*incidentv1.ImportStep { return note(at, text, label, author) })
}

func note(at time.Time, text, label, author string) []*incidentv1.ImportStep {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_AddNote{
		AddNote: &incidentv1.AddNoteRequest{OccurredAt: stamp(at), Text: text, Label: label, Author: author},
	}}}
}

// Rollback says that it was decided to go back to what worked, and why or to what.
func (h *History) Rollback(at time.Time, reason string) {
	reason = h.text(reason)
	h.add(at, func(*state) []*incidentv1.ImportStep {
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_MakeDecision{
			MakeDecision: &incidentv1.MakeDecisionRequest{OccurredAt: stamp(at), Choice: incident.Rollback, Reason: reason},
		}}}
	})
}

// Update keeps what the team was told.
func (h *History) Update(at time.Time, text, author string) {
	text, author = h.text(text), Clip(h.text(author), 254)
	h.add(at, func(*state) []*incidentv1.ImportStep {
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_PostUpdate{
			PostUpdate: &incidentv1.PostUpdateRequest{OccurredAt: stamp(at), Text: text, Author: author},
		}}}
	})
}

// Public is what customers were told at one time.
type Public struct {
	// ID is the original id of the update.
	ID string
	// Status is the nearest of ours; unspecified keeps the one before.
	Status incidentv1.Status
	// SourceStatus is the source's word where it has no equal here.
	SourceStatus string
	// Message is what they read.
	Message string
	// Title is the incident's public name from now on; empty keeps it.
	Title string
	// Impact is the source's word: none, minor, major, critical, maintenance.
	Impact string
	// Components are the components named, each with its state from now on.
	Components []*incidentv1.ComponentImpact
	// Quiet leaves status and impact of the incident itself alone.
	Quiet bool
}

// Publish keeps a public update and lets the incident follow it: its status, and
// the impact on components that changed.
func (h *History) Publish(at time.Time, p Public) {
	if p.Message = h.text(p.Message); strings.TrimSpace(p.Message) == "" {
		p.Message = "(without a text)"
	}
	p.Title = Clip(strings.Join(strings.Fields(incident.Sanitize(p.Title)), " "), incident.MaxPublicName)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		if p.Status == incidentv1.Status_STATUS_UNSPECIFIED {
			p.Status = max(s.status, incidentv1.Status_STATUS_INVESTIGATING)
		}
		s.told = p.Status
		var steps []*incidentv1.ImportStep
		if !p.Quiet {
			steps = append(s.move(at, p.Status, ""), s.suffer(at, p.Components)...)
		}
		return append(steps, &incidentv1.ImportStep{Act: &incidentv1.ImportStep_PublishUpdate{
			PublishUpdate: &incidentv1.PublishUpdateRequest{
				OccurredAt: stamp(at), Status: p.Status, SourceStatus: p.SourceStatus, UpdateId: p.ID,
				Message: p.Message, Title: p.Title, Impact: p.Impact, Components: p.Components,
			},
		}})
	})
}

// Over says that it is over where nobody said so: that the incident is resolved, with a
// summary for the team, and if customers were told of it, to them, by an update with an
// id of its own, that it and what it did to components is over.
func (h *History) Over(at time.Time, id, message, summary string) {
	message, summary = h.text(message), h.text(summary)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		var steps []*incidentv1.ImportStep
		if s.status < incidentv1.Status_STATUS_RESOLVED {
			steps = s.move(at, incidentv1.Status_STATUS_RESOLVED, summary)
		}
		if s.told == incidentv1.Status_STATUS_UNSPECIFIED || s.told == incidentv1.Status_STATUS_RESOLVED {
			return steps
		}
		s.told = incidentv1.Status_STATUS_RESOLVED
		var well []*incidentv1.ComponentImpact
		for _, component := range slices.Sorted(maps.Keys(s.components)) {
			if s.components[component] != incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL {
				well = append(well, &incidentv1.ComponentImpact{Component: component, Status: incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL})
			}
		}
		return append(append(steps, s.suffer(at, well)...), &incidentv1.ImportStep{Act: &incidentv1.ImportStep_PublishUpdate{
			PublishUpdate: &incidentv1.PublishUpdateRequest{
				OccurredAt: stamp(at), Status: incidentv1.Status_STATUS_RESOLVED, UpdateId: id, Message: message, Components: well,
			},
		}})
	})
}

// suffer keeps the components whose state is another from now on. An
// operational component that was never otherwise is not worth a line.
func (s *state) suffer(at time.Time, components []*incidentv1.ComponentImpact) []*incidentv1.ImportStep {
	var changed []*incidentv1.ComponentImpact
	for _, c := range components {
		before, known := s.components[c.GetComponent()]
		if !known {
			before = incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL
		}
		if c.GetStatus() == before {
			continue
		}
		s.components[c.GetComponent()] = c.GetStatus()
		changed = append(changed, c)
	}
	if len(changed) == 0 || s.status > incidentv1.Status_STATUS_RESOLVED {
		return nil
	}
	return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_SetImpact{
		SetImpact: &incidentv1.SetImpactRequest{OccurredAt: stamp(at), Components: changed},
	}}}
}
