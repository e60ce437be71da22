package source

import (
	"encoding/json"
	"time"
)

// Sentry reads the webhooks of Sentry's integrations: issues, errors, issue alerts and
// metric alerts. Source: Sentry's documentation of integration webhooks.
type Sentry struct{}

type sentryBody struct {
	Action string `json:"action"`
	Data   struct {
		Issue       *sentryIssue  `json:"issue"`
		Event       *sentryEvent  `json:"event"`
		Error       *sentryEvent  `json:"error"`
		Metric      *sentryMetric `json:"metric_alert"`
		Rule        word          `json:"triggered_rule"`
		Title       word          `json:"description_title"`
		Description word          `json:"description_text"`
		URL         word          `json:"web_url"`
	} `json:"data"`
}

type sentryIssue struct {
	ID        word   `json:"id"`
	ShortID   word   `json:"shortId"`
	Title     word   `json:"title"`
	Culprit   word   `json:"culprit"`
	Level     word   `json:"level"`
	Platform  word   `json:"platform"`
	URL       word   `json:"web_url"`
	Permalink word   `json:"permalink"`
	FirstSeen string `json:"firstSeen"`
	Project   struct {
		Slug word `json:"slug"`
	} `json:"project"`
}

type sentryEvent struct {
	Issue       word   `json:"issue_id"`
	Title       word   `json:"title"`
	Culprit     word   `json:"culprit"`
	Level       word   `json:"level"`
	Platform    word   `json:"platform"`
	Environment word   `json:"environment"`
	Release     word   `json:"release"`
	Datetime    string `json:"datetime"`
	URL         word   `json:"web_url"`
}

type sentryMetric struct {
	ID      word   `json:"id"`
	Title   word   `json:"title"`
	Started string `json:"date_started"`
	Closed  string `json:"date_closed"`
	Rule    struct {
		Name word `json:"name"`
	} `json:"alert_rule"`
}

// Name implements [Source].
func (Sentry) Name() string { return "sentry" }

// Parse implements [Source]. An issue is one alert, which errors and issue alerts of it
// repeat, and which ends when the issue is resolved or archived; an incident of a metric
// alert is another. What else Sentry tells is evidence of no alert.
func (Sentry) Parse(s Signal) (Batch, error) {
	var b sentryBody
	if err := json.Unmarshal(s.Body, &b); err != nil {
		return Batch{}, malformed("%s", unreadable("Sentry", err))
	}
	switch d := b.Data; {
	case b.Action == "":
		return Batch{}, malformed("action is missing")
	case d.Metric != nil:
		return b.metric(s)
	case d.Event != nil:
		return d.Event.batch(s, string(d.Rule))
	case d.Error != nil:
		return d.Error.batch(s, "")
	case d.Issue != nil:
		return d.Issue.batch(s, b.Action)
	}
	return nothing(), nil
}

func (b *sentryBody) metric(s Signal) (Batch, error) {
	m := b.Data.Metric
	if m.ID == "" {
		return Batch{}, malformed("id of the metric alert is missing")
	}
	firing := b.Action == "critical" || b.Action == "warning"
	if !firing && b.Action != "resolved" {
		return nothing(), nil
	}
	severity := b.Action
	if !firing {
		severity = ""
	}
	start := moment(m.Started, s.ReceivedAt, s.ReceivedAt)
	return one(Alert{
		Fingerprint: scoped(s.Sender, "metric/"+string(m.ID)), Firing: firing, StartsAt: start, EndsAt: moment(m.Closed, s.ReceivedAt, s.ReceivedAt),
		Title: oneLine(either(string(b.Data.Title), string(m.Title))), Description: clip(text(string(b.Data.Description)), maxValue), URL: link(string(b.Data.URL)),
		Labels:      map[string]string{"alertname": string(m.Rule.Name), "severity": severity, "resource": "metric_alert"},
		Annotations: map[string]string{"description": string(b.Data.Description)},
	}), nil
}

func (e *sentryEvent) batch(s Signal, rule string) (Batch, error) {
	if e.Issue == "" {
		return Batch{}, malformed("issue_id of the event is missing")
	}
	at := moment(e.Datetime, s.ReceivedAt, s.ReceivedAt)
	return one(Alert{
		Fingerprint: scoped(s.Sender, "issue/"+string(e.Issue)), Firing: true, StartsAt: at,
		Title: oneLine(string(e.Title)), Description: clip(text(string(e.Culprit)), maxValue), URL: link(string(e.URL)),
		Labels: map[string]string{
			"alertname": rule, "severity": string(e.Level), "platform": string(e.Platform), "environment": string(e.Environment), "resource": "event",
		},
		Annotations: map[string]string{"culprit": string(e.Culprit), "release": string(e.Release)},
	}), nil
}

func (i *sentryIssue) batch(s Signal, action string) (Batch, error) {
	if i.ID == "" {
		return Batch{}, malformed("id of the issue is missing")
	}
	var firing bool
	start := s.ReceivedAt
	switch action {
	case "created":
		firing, start = true, moment(i.FirstSeen, s.ReceivedAt, s.ReceivedAt)
	case "unresolved":
		firing = true
	case "resolved", "archived", "ignored":
		start = moment(i.FirstSeen, s.ReceivedAt, s.ReceivedAt)
	default:
		return nothing(), nil // assigned
	}
	return one(Alert{
		Fingerprint: scoped(s.Sender, "issue/"+string(i.ID)), Firing: firing, StartsAt: start.UTC().Truncate(time.Microsecond), EndsAt: moment("", s.ReceivedAt, s.ReceivedAt),
		Title: oneLine(string(i.Title)), Description: clip(text(string(i.Culprit)), maxValue), URL: link(either(string(i.URL), string(i.Permalink))),
		Labels: map[string]string{
			"alertname": string(i.ShortID), "severity": string(i.Level), "project": string(i.Project.Slug), "platform": string(i.Platform), "resource": "issue",
		},
		Annotations: map[string]string{"culprit": string(i.Culprit)},
	}), nil
}

// either returns the first text that says something.
func either(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
