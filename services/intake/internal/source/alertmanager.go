package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Alertmanager reads version 4 of the webhook of Prometheus Alertmanager, which
// Grafana's OnCall sends too. Fields that are not known are passed over.
type Alertmanager struct{}

// Versions of the body: that of the webhook, and that of what Alertmanager sends to
// incident.io, which is the same but for its number.
const (
	alertmanagerVersion           = "4"
	alertmanagerIncidentIOVersion = "1"
)

type alertmanagerBody struct {
	Version  string              `json:"version"`
	Org      json.RawMessage     `json:"orgId"` // Grafana's
	GroupKey string              `json:"groupKey"`
	Alerts   []alertmanagerAlert `json:"alerts"`
	// Truncated is how many alerts max_alerts cut off; another sender may put anything there.
	Truncated json.RawMessage `json:"truncatedAlerts"`
}

type alertmanagerAlert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`

	// What Grafana adds; not read, since another sender may put anything there.
	DashboardURL json.RawMessage `json:"dashboardURL"`
	PanelURL     json.RawMessage `json:"panelURL"`
	ValueString  json.RawMessage `json:"valueString"`
}

// Name implements [Source].
func (Alertmanager) Name() string { return "alertmanager" }

// Parse implements [Source]. Whether an alert is firing is told by the alert and
// not by the group, which may hold both kinds.
func (Alertmanager) Parse(s Signal) (Batch, error) {
	b, err := alertmanagerBodyOf("Alertmanager", s.Body)
	if err != nil {
		return Batch{}, err
	}
	if b.Version != alertmanagerVersion && (b.Version != alertmanagerIncidentIOVersion || b.Org != nil) {
		return Batch{}, malformed("version is %.20q, want %q: use Alertmanager's default payload", b.Version, alertmanagerVersion)
	}
	return b.batch()
}

// alertmanagerBodyOf reads the JSON of a sender.
func alertmanagerBodyOf(sender string, body []byte) (*alertmanagerBody, error) {
	b := &alertmanagerBody{}
	if err := json.Unmarshal(body, b); err != nil {
		return nil, malformed("%s", unreadable(sender, err))
	}
	return b, nil
}

// batch reads each alert.
func (b *alertmanagerBody) batch() (Batch, error) {
	batch := Batch{GroupKey: b.GroupKey, Alerts: make([]Alert, 0, len(b.Alerts))}
	if batch.GroupKey == "" {
		batch.GroupKey = "{}"
	}
	for i := range b.Alerts {
		a, problem := b.Alerts[i].alert()
		if problem != "" {
			return Batch{}, malformed("alert %d: %s", i+1, problem)
		}
		b.tellCutOff(&a)
		batch.Alerts = append(batch.Alerts, a)
	}
	return batch, nil
}

// tellCutOff notes on an alert that others of its group were not sent.
func (b *alertmanagerBody) tellCutOff(a *Alert) {
	if n, err := strconv.ParseUint(string(b.Truncated), 10, 64); err != nil || n == 0 {
		return
	}
	if a.Annotations == nil {
		a.Annotations = map[string]string{}
	}
	a.Annotations["truncatedAlerts"] = string(b.Truncated)
	a.Annotations = bounded(a.Annotations)
}

// unreadable says what is wrong with a sender's JSON without the words of our types.
func unreadable(sender string, err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return fmt.Sprintf("the body is not %s's JSON: it is no object", sender)
		}
		return fmt.Sprintf("the body is not %s's JSON: %s cannot be a JSON %s", sender, wrong.Field, wrong.Value)
	}
	if _, ok := errors.AsType[*time.ParseError](err); ok {
		return "startsAt or endsAt of an alert is no time as RFC 3339 writes it"
	}
	return fmt.Sprintf("the body is not %s's JSON: %v", sender, err)
}

// alert is what the body says, or what is wrong with it.
func (a *alertmanagerAlert) alert() (out Alert, problem string) {
	if a.Status != "firing" && a.Status != "resolved" {
		return Alert{}, fmt.Sprintf("status is %.20q, want firing or resolved", a.Status)
	}
	if !storable(a.StartsAt) {
		return Alert{}, "startsAt is missing or out of range"
	}
	out = Alert{
		Fingerprint: a.Fingerprint, Firing: a.Status == "firing", StartsAt: a.StartsAt.UTC().Truncate(time.Microsecond),
		Title: a.title(), Description: clip(first(a.Annotations, "description", "message"), maxValue),
		URL: link(a.GeneratorURL), RunbookURL: link(first(a.Annotations, "runbook_url", "runbook")),
		Labels: bounded(a.Labels), Annotations: bounded(a.Annotations),
	}
	if out.Fingerprint == "" || len(out.Fingerprint) > 128 || strings.ContainsFunc(out.Fingerprint, isSpaceOrControl) {
		out.Fingerprint = fingerprint(a.Labels)
	}
	if !out.Firing {
		out.EndsAt = a.EndsAt.UTC().Truncate(time.Microsecond)
		if !storable(a.EndsAt) || out.EndsAt.Before(out.StartsAt) {
			out.EndsAt = out.StartsAt
		}
	}
	return out, ""
}

// title prefers what people wrote, behind the alert's name.
func (a *alertmanagerAlert) title() string {
	name, summary := oneLine(a.Labels["alertname"]), oneLine(first(a.Annotations, "summary", "title"))
	switch {
	case summary == "" && name == "":
		return "Alert without a name"
	case summary == "":
		return name
	case name == "" || strings.Contains(summary, name):
		return summary
	}
	return oneLine(name + ": " + summary)
}

// first returns the first of the named values that says something.
func first(pairs map[string]string, names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(pairs[name]); value != "" {
			return text(value)
		}
	}
	return ""
}

// fingerprint stands in for the sender's own, which old versions do not send.
func fingerprint(labels map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		h.Write([]byte(strconv.Quote(name) + strconv.Quote(labels[name])))
	}
	return "labels-" + hex.EncodeToString(h.Sum(nil)[:8])
}

// storable tells whether a time can be kept in microseconds and is no placeholder.
func storable(t time.Time) bool { return t.Year() >= 1971 && t.Year() < 2200 }

func isSpaceOrControl(r rune) bool { return r <= ' ' || r == 0x7f || r == '�' }
