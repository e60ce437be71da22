package source

import (
	"encoding/json"
	"strings"
)

// PagerDutyWebhook reads version 3 of the webhooks that PagerDuty sends of its
// incidents. Source: PagerDuty's developer documentation.
type PagerDutyWebhook struct{}

type pagerDutyWebhook struct {
	Event *struct {
		Type     string          `json:"event_type"`
		Occurred string          `json:"occurred_at"`
		Data     json.RawMessage `json:"data"`
	} `json:"event"`
}

// pagerDutyReference is something that PagerDuty names.
type pagerDutyReference struct {
	Summary word `json:"summary"`
}

type pagerDutyIncident struct {
	ID       word                 `json:"id"`
	Number   word                 `json:"number"`
	Title    word                 `json:"title"`
	URL      word                 `json:"html_url"`
	Urgency  word                 `json:"urgency"`
	Created  string               `json:"created_at"`
	Resolved string               `json:"resolved_at"`
	Service  pagerDutyReference   `json:"service"`
	Priority pagerDutyReference   `json:"priority"`
	Policy   pagerDutyReference   `json:"escalation_policy"`
	Teams    []pagerDutyReference `json:"teams"`
	Type     struct {
		Name word `json:"name"`
	} `json:"incident_type"`
}

// Name implements [Source].
func (PagerDutyWebhook) Name() string { return "pagerduty-webhook" }

// Parse implements [Source]. An incident of PagerDuty is one alert from when it is
// triggered until it is resolved; when it is reopened that is another. All other events,
// and those that will be added, are evidence of no alert.
func (PagerDutyWebhook) Parse(s Signal) (Batch, error) {
	var b pagerDutyWebhook
	if err := json.Unmarshal(s.Body, &b); err != nil {
		return Batch{}, malformed("%s", unreadable("PagerDuty", err))
	}
	switch {
	case b.Event == nil:
		return Batch{}, malformed("event is missing: subscribe with version 3 of webhooks")
	case b.Event.Type == "":
		return Batch{}, malformed("event_type is missing")
	}
	kind := b.Event.Type
	firing := kind == "incident.triggered" || kind == "incident.reopened"
	if !firing && kind != "incident.resolved" {
		return nothing(), nil
	}
	var i pagerDutyIncident
	if err := json.Unmarshal(b.Event.Data, &i); err != nil || i.ID == "" {
		return Batch{}, malformed("data of %s is no incident with an id", kind)
	}
	at := moment(b.Event.Occurred, s.ReceivedAt, s.ReceivedAt)
	a := i.alert(s.Sender)
	a.Firing, a.StartsAt, a.EndsAt = firing, moment(i.Created, s.ReceivedAt, at), moment(i.Resolved, s.ReceivedAt, at)
	if kind == "incident.reopened" {
		a.StartsAt = at
	}
	return one(a), nil
}

func (i *pagerDutyIncident) alert(sender string) Alert {
	var teams []string
	for _, t := range i.Teams {
		teams = append(teams, string(t.Summary))
	}
	return Alert{
		Fingerprint: scoped(sender, "incident/"+string(i.ID)), Title: oneLine(string(i.Title)), URL: link(string(i.URL)),
		Labels: map[string]string{
			"service": string(i.Service.Summary), "priority": string(i.Priority.Summary), "urgency": string(i.Urgency),
			"team": strings.Join(teams, ","), "incident_type": string(i.Type.Name),
		},
		Annotations: map[string]string{"number": string(i.Number), "escalation_policy": string(i.Policy.Summary)},
	}
}
