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
		Type     string             `json:"event_type"`
		Occurred string             `json:"occurred_at"`
		Agent    pagerDutyReference `json:"agent"`
		Data     json.RawMessage    `json:"data"`
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

// pagerDutyNote is what somebody wrote on an incident.
type pagerDutyNote struct {
	Incident struct {
		ID word `json:"id"`
	} `json:"incident"`
	Content word `json:"content"`
}

// Name implements [Source].
func (PagerDutyWebhook) Name() string { return "pagerduty-webhook" }

// Parse implements [Source]. An incident of PagerDuty is one alert from when it is
// triggered until it is resolved; when it is reopened that is another. Whoever acknowledges
// or annotates it there does so here. All other events, and those that will be added, are
// evidence of no alert.
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
	if kind == "incident.annotated" {
		return b.note(s.Sender)
	}
	firing := kind == "incident.triggered" || kind == "incident.reopened"
	if !firing && kind != "incident.resolved" && kind != "incident.acknowledged" {
		return nothing(), nil
	}
	var i pagerDutyIncident
	if err := json.Unmarshal(b.Event.Data, &i); err != nil || i.ID == "" {
		return Batch{}, malformed("data of %s is no incident with an id", kind)
	}
	if kind == "incident.acknowledged" {
		return remarked(i.fingerprint(s.Sender), true, "", string(b.Event.Agent.Summary)), nil
	}
	at := moment(b.Event.Occurred, s.ReceivedAt, s.ReceivedAt)
	a := i.alert(s.Sender)
	a.Firing, a.StartsAt, a.EndsAt = firing, moment(i.Created, s.ReceivedAt, at), moment(i.Resolved, s.ReceivedAt, at)
	if kind == "incident.reopened" {
		a.StartsAt = at
	}
	return one(a), nil
}

// note is what somebody wrote on an incident.
func (b *pagerDutyWebhook) note(sender string) (Batch, error) {
	var n pagerDutyNote
	if err := json.Unmarshal(b.Event.Data, &n); err != nil || n.Incident.ID == "" {
		return Batch{}, malformed("data of %s is no note on an incident with an id", b.Event.Type)
	}
	of := pagerDutyIncident{ID: n.Incident.ID}
	return remarked(of.fingerprint(sender), false, string(n.Content), string(b.Event.Agent.Summary)), nil
}

func (i *pagerDutyIncident) fingerprint(sender string) string {
	return scoped(sender, "incident/"+string(i.ID))
}

func (i *pagerDutyIncident) alert(sender string) Alert {
	var teams []string
	for _, t := range i.Teams {
		teams = append(teams, string(t.Summary))
	}
	return Alert{
		Fingerprint: i.fingerprint(sender), Title: oneLine(string(i.Title)), URL: link(string(i.URL)),
		Labels: map[string]string{
			"service": string(i.Service.Summary), "priority": string(i.Priority.Summary), "urgency": string(i.Urgency),
			"team": strings.Join(teams, ","), "incident_type": string(i.Type.Name),
		},
		Annotations: map[string]string{"number": string(i.Number), "escalation_policy": string(i.Policy.Summary)},
	}
}
