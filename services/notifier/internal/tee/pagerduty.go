package tee

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// What PagerDuty's Events API v2 states, in characters; details are kept well below the 512
// KiB of a request.
const (
	pagerDutyURL     = "https://events.pagerduty.com"
	pagerDutyPath    = "/v2/enqueue"
	pagerDutyFirst   = "/generic/2010-04-15/create_event.json"
	pagerDutySummary = 1024
	maxDetails       = 256 << 10 // bytes
)

type pagerDutyEvent struct {
	RoutingKey  string            `json:"routing_key"`
	EventAction Action            `json:"event_action"`
	DedupKey    string            `json:"dedup_key"`
	Payload     *pagerDutyPayload `json:"payload,omitempty"`
	Client      string            `json:"client,omitempty"`
	Links       []pagerDutyLink   `json:"links,omitempty"`
}

type pagerDutyPayload struct {
	Summary       string         `json:"summary"`
	Source        string         `json:"source"`
	Severity      string         `json:"severity"`
	Timestamp     string         `json:"timestamp"`
	Component     string         `json:"component,omitempty"`
	Group         string         `json:"group,omitempty"`
	Class         string         `json:"class,omitempty"`
	CustomDetails map[string]any `json:"custom_details"`
}

type pagerDutyLink struct {
	Href string `json:"href"`
	Text string `json:"text"`
}

func pagerDuty(to Tool, action Action, a About) (Request, error) {
	url := pagerDutyBase(to) + pagerDutyPath
	e := pagerDutyEvent{RoutingKey: to.Key, EventAction: action, DedupKey: a.key()}
	if action == Trigger {
		fired := a.State.Fired
		labels := fired.Labels
		e.Client = "Bridgelog"
		e.Payload = &pagerDutyPayload{
			Summary: a.title(pagerDutySummary), Source: cmp.Or(labels["source"], labels["instance"], labels["host"], fired.Source), Severity: pagerDutySeverity(a),
			Timestamp: fired.StartsAt.UTC().Format(time.RFC3339Nano), Component: cmp.Or(labels["component"], labels["service"]), Group: labels["group"],
			Class: cmp.Or(labels["class"], labels["alertname"]), CustomDetails: details(a),
		}
		if link := a.link(); link != "" {
			e.Links = []pagerDutyLink{{Href: link, Text: "Source"}}
		}
		if raw, _ := rawAlert(a); raw != nil {
			return withRaw(url, e, raw)
		}
	}
	return encode(url, nil, e)
}

// withRaw adds what the sender said to an event, where there is room for it.
func withRaw(url string, e pagerDutyEvent, raw json.RawMessage) (Request, error) {
	e.Payload.CustomDetails[rawName] = raw
	if r, err := encode(url, nil, e); err != nil || len(r.Body) <= pagerDutyMost {
		return r, err
	}
	delete(e.Payload.CustomDetails, rawName)
	e.Payload.CustomDetails[rawName+"_left_out"] = strconv.Itoa(len(raw)) + " bytes are more than an event holds"
	return encode(url, nil, e)
}

// pagerDutyBase is the address of both versions of the API.
func pagerDutyBase(to Tool) string {
	url := strings.TrimSuffix(cmp.Or(to.URL, pagerDutyURL), "/")
	return strings.TrimSuffix(strings.TrimSuffix(url, pagerDutyPath), "/")
}

// pagerDutySeverity is one of the four that there are: the label's, else what the severity
// of the route comes closest to.
func pagerDutySeverity(a About) string {
	if own := a.State.Fired.Labels["severity"]; slices.Contains([]string{"critical", "error", "warning", "info"}, own) {
		return own
	}
	switch a.Severity {
	case incident.SEV1:
		return "critical"
	case incident.SEV3:
		return "warning"
	default:
		return "error"
	}
}

// details are labels and annotations, as long as there is room.
func details(a About) map[string]any {
	out := map[string]any{"bridgelog_alert": a.ID}
	room := maxDetails
	for _, part := range []struct {
		name  string
		pairs map[string]string
	}{{"labels", a.State.Fired.Labels}, {"annotations", a.State.Fired.Annotations}} {
		for key, value := range part.pairs {
			room -= len(key) + len(value)
		}
		if room > 0 && len(part.pairs) > 0 {
			out[part.name] = part.pairs
		}
	}
	return out
}
