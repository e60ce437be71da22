package source

import (
	"encoding/json"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/derived"
)

// PagerDutyChange reads PagerDuty's change events: what happened, when, where. They have
// no key, so what says the same at the same time is the same change. Without a time each
// request is a change of its own, at its arrival. Source: PagerDuty's documentation of the
// Events API v2.
type PagerDutyChange struct{}

// Name implements [Source].
func (PagerDutyChange) Name() string { return "pagerduty-change" }

// Parse implements [Source]. The service is that of the custom details, or else what the
// event calls its source; the kind is guessed from the summary.
func (PagerDutyChange) Parse(s Signal) (Batch, error) {
	var b struct {
		Payload *struct {
			Summary   string                     `json:"summary"`
			Timestamp string                     `json:"timestamp"`
			Source    string                     `json:"source"`
			Details   map[string]json.RawMessage `json:"custom_details"`
		} `json:"payload"`
		Links []struct {
			Href string `json:"href"`
		} `json:"links"`
	}
	if err := json.Unmarshal(s.Body, &b); err != nil || b.Payload == nil || b.Payload.Summary == "" {
		return Batch{}, malformed("payload.summary is missing: say what was changed")
	}
	p := b.Payload
	when, started := p.Timestamp, instant(p.Timestamp, s.ReceivedAt)
	if strings.TrimSpace(when) == "" {
		when, started = s.ID, believed(s.ReceivedAt, s.ReceivedAt)
	}
	r := change.Report{
		Key: s.Sender + "/" + derived.ID(p.Summary, when, p.Source), Kind: kindOf(p.Summary, change.Other), Service: p.Source,
		StartedAt: started, Outcome: change.Succeeded, Title: p.Summary, Labels: map[string]string{},
	}
	for name, value := range p.Details {
		r.Labels[name] = plain(value)
	}
	for name, into := range map[string]*string{
		"service": &r.Service, "environment": &r.Environment, "version": &r.Version, "author": &r.AuthorName,
	} {
		if value := r.Labels[name]; value != "" && value != "null" {
			*into = value
		}
	}
	if len(b.Links) > 0 {
		r.Link = b.Links[0].Href
	}
	return changed(r), nil
}
