package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// PagerDuty reads events as PagerDuty's Events API takes them, version 2 and version 1,
// so that whatever can page through PagerDuty can send here. Source: PagerDuty's
// developer documentation of both versions.
type PagerDuty struct{}

// Bounds that the API states.
const (
	pagerDutyMaxKey     = 255  // characters of a key
	pagerDutyMaxSummary = 1024 // characters of what is wrong
)

// pagerDutyEvent is an event of either version; the names of version 1 come last.
type pagerDutyEvent struct {
	Action    string            `json:"event_action"`
	Key       string            `json:"dedup_key"`
	Client    string            `json:"client"`
	ClientURL string            `json:"client_url"`
	Payload   *pagerDutyPayload `json:"payload"`
	Links     []pagerDutyLink   `json:"links"`

	Type        string          `json:"event_type"`
	IncidentKey string          `json:"incident_key"`
	Description string          `json:"description"`
	Details     json.RawMessage `json:"details"`
	Contexts    []pagerDutyLink `json:"contexts"`
}

type pagerDutyPayload struct {
	Summary       string          `json:"summary"`
	Source        string          `json:"source"`
	Severity      string          `json:"severity"`
	Timestamp     string          `json:"timestamp"`
	Component     string          `json:"component"`
	Group         string          `json:"group"`
	Class         string          `json:"class"`
	CustomDetails json.RawMessage `json:"custom_details"`
}

type pagerDutyLink struct {
	Href string `json:"href"`
}

// Name implements [Source].
func (PagerDuty) Name() string { return "pagerduty" }

// Parse implements [Source]. A key means one alert for each token that sends it: while
// it is open, a further trigger is a repetition, and what ends an alert that is not open
// says nothing. An acknowledgment says that somebody takes care of the one that is open.
func (PagerDuty) Parse(s Signal) (Batch, error) {
	var e pagerDutyEvent
	if err := json.Unmarshal(s.Body, &e); err != nil {
		return Batch{}, malformed("%s", unreadable("PagerDuty", err))
	}
	e.modernise()
	batch := Batch{Key: e.Key}
	switch {
	case len([]rune(e.Key)) > pagerDutyMaxKey:
		return Batch{}, malformed("dedup_key is longer than %d characters", pagerDutyMaxKey)
	case e.Action != "trigger" && e.Action != "acknowledge" && e.Action != "resolve":
		return Batch{}, malformed("event_action is %.20q, want trigger, acknowledge or resolve", e.Action)
	case e.Action != "trigger" && e.Key == "":
		return Batch{}, malformed("dedup_key is missing: name what was triggered")
	case e.Action == "trigger":
		if problem := e.triggers(); problem != "" {
			return Batch{}, malformed("%s", problem)
		}
		if e.Key == "" {
			batch.Key = strings.ReplaceAll(s.ID, "-", "")
		}
	}
	batch.GroupKey = batch.Key
	if e.Action == "acknowledge" {
		batch.Remarks = []Remark{{Fingerprint: scoped(s.Sender, e.Key), Acknowledges: true, Text: e.said()}}
		return batch, nil
	}
	batch.Alerts = []Alert{e.alert(batch.Key, s)}
	return batch, nil
}

// modernise says in the words of version 2 what was said in those of version 1.
func (e *pagerDutyEvent) modernise() {
	if e.Action != "" || e.Type == "" {
		return
	}
	e.Action, e.Key, e.Links = e.Type, e.IncidentKey, e.Contexts
	if e.Action == "trigger" || e.Description != "" {
		e.Payload = &pagerDutyPayload{Summary: e.Description, Source: e.Client, CustomDetails: e.Details}
		if e.Payload.Source == "" {
			e.Payload.Source = "events-v1"
		}
	}
}

// triggers says what a trigger lacks.
func (e *pagerDutyEvent) triggers() string {
	p := e.Payload
	switch {
	case p == nil:
		return "payload is missing"
	case strings.TrimSpace(p.Summary) == "":
		return "summary is missing: say in one line what is wrong"
	case len([]rune(p.Summary)) > pagerDutyMaxSummary:
		return "summary is longer than 1024 characters"
	case p.Source == "":
		return "source is missing: name what is affected"
	}
	switch p.Severity {
	case "critical", "error", "warning", "info":
		return ""
	}
	if e.Type != "" {
		return "" // version 1 has none
	}
	return "severity has to be critical, error, warning or info"
}

// said is the text that came with an acknowledgment, if any.
func (e *pagerDutyEvent) said() string {
	if e.Payload == nil {
		return ""
	}
	return clip(text(e.Payload.Summary), maxRemark)
}

// alert is what a trigger or a resolve says.
func (e *pagerDutyEvent) alert(key string, s Signal) Alert {
	p := e.Payload
	if p == nil {
		p = &pagerDutyPayload{}
	}
	details := p.details()
	a := Alert{
		Fingerprint: scoped(s.Sender, key), Keyed: true, Firing: e.Action == "trigger", StartsAt: p.at(s.ReceivedAt),
		Title: oneLine(p.Summary), Description: clip(first(details, "description", "message"), maxValue),
		RunbookURL: link(first(details, "runbook_url", "runbook")),
		Labels: bounded(present(map[string]string{
			"severity": p.Severity, "source": p.Source, "component": p.Component, "group": p.Group, "class": p.Class, "client": e.Client,
		})),
		Annotations: bounded(details),
	}
	if a.Title == "" {
		a.Title = "Alert without a name"
	}
	if !a.Firing {
		a.EndsAt = a.StartsAt
	}
	a.URL = link(e.ClientURL)
	for _, l := range e.Links {
		if a.URL == "" {
			a.URL = link(l.Href)
		}
	}
	return a
}

// at is when it happened by the sender's clock, or when it arrived.
func (p *pagerDutyPayload) at(received time.Time) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if t, err := time.Parse(layout, p.Timestamp); err == nil && storable(t) && t.Before(received) {
			return t.UTC().Truncate(time.Microsecond)
		}
	}
	return received.UTC().Truncate(time.Microsecond)
}

// details are the custom details by name: texts as they are, everything else as JSON.
func (p *pagerDutyPayload) details() map[string]string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(p.CustomDetails, &fields) != nil {
		if raw := strings.TrimSpace(string(p.CustomDetails)); raw != "" && raw != "null" {
			return map[string]string{"custom_details": plain(p.CustomDetails)}
		}
	}
	out := make(map[string]string, len(fields))
	for name, value := range fields {
		out[name] = plain(value)
	}
	return out
}

// plain is a JSON value as people read it.
func plain(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

// present drops what is empty.
func present(pairs map[string]string) map[string]string {
	for name, value := range pairs {
		if value == "" {
			delete(pairs, name)
		}
	}
	return pairs
}

// scoped is a sender's key among those of all senders, as far as it can be kept as it is.
func scoped(sender, key string) string {
	const longest = 128
	if name := sender + "/" + key; len(name) <= longest && text(name) == name && !strings.ContainsFunc(name, isSpaceOrControl) {
		return name
	}
	sum := sha256.Sum256([]byte(sender + "/" + key))
	return "key-" + hex.EncodeToString(sum[:])
}
