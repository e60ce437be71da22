package source

import (
	"cmp"
	"encoding/json"
	"maps"
	"time"

	"github.com/bridgelog/bridgelog/pkg/heartbeat"
)

// Heartbeat reads what intake itself says of a heartbeat that is missing, or is back. It
// has no door: whoever pings says nothing else.
type Heartbeat struct{}

// HeartbeatSignal is the body of such a signal. The form is stable.
type HeartbeatSignal struct {
	// ID is the heartbeat's opaque id, Name its name.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Missing is true when it is missing, false when that is over.
	Missing bool `json:"missing"`
	// Since is when the ping should have come at the latest, Until when it was over.
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"`
	// LastPing is when it pinged last; zero: never.
	LastPing time.Time `json:"last_ping_time,omitzero"`
	// Interval and Grace are what was expected, for people.
	Interval string `json:"interval,omitempty"`
	Grace    string `json:"grace,omitempty"`
	// Service, Labels and Description are those of the heartbeat.
	Service     string            `json:"service,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Description string            `json:"description,omitempty"`
	// Message is what the alert says in one line; empty: that it is missing.
	Message string `json:"message,omitempty"`
}

// Name implements [Source].
func (Heartbeat) Name() string { return heartbeat.Kind }

// Parse implements [Source]: one alert, found by the heartbeat's id alone.
func (Heartbeat) Parse(s Signal) (Batch, error) {
	var b HeartbeatSignal
	if err := json.Unmarshal(s.Body, &b); err != nil || b.ID == "" || len(b.ID) > 128 || !storable(b.Since) || !b.Missing && !storable(b.Until) {
		return Batch{}, malformed("this says nothing of a heartbeat")
	}
	labels := maps.Clone(b.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["heartbeat"], labels["service"] = b.Name, b.Service
	annotations := map[string]string{"description": b.Description, "interval": b.Interval, "grace": b.Grace}
	if !b.LastPing.IsZero() {
		annotations["last_ping"] = b.LastPing.UTC().Format(time.RFC3339)
	}
	return one(Alert{
		Fingerprint: b.ID, Firing: b.Missing, StartsAt: b.Since.UTC().Truncate(time.Microsecond), EndsAt: b.Until.UTC().Truncate(time.Microsecond),
		Title: oneLine(cmp.Or(b.Message, "Heartbeat "+b.Name+" is missing")), Description: clip(text(b.Description), maxValue), Labels: labels, Annotations: annotations,
	}), nil
}
