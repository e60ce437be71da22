package tee

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// What Opsgenie's Alert API v2 states, in characters.
const (
	opsgenieURL         = "https://api.opsgenie.com"
	opsgeniePath        = "/v2/alerts"
	opsgenieMessage     = 130
	opsgenieDescription = 15_000
	opsgenieDetails     = 8_000 // of all keys and values
	opsgenieSource      = 100
	opsgenieEntity      = 512
)

type opsgenieAlert struct {
	Message     string            `json:"message"`
	Alias       string            `json:"alias"`
	Description string            `json:"description,omitempty"`
	Details     map[string]string `json:"details,omitempty"`
	Entity      string            `json:"entity,omitempty"`
	Source      string            `json:"source"`
	Priority    string            `json:"priority"`
}

type opsgenieActed struct {
	Source string `json:"source"`
	Note   string `json:"note"`
}

func opsgenie(to Tool, action Action, a About) (Request, error) {
	at, header := opsgenieBase(to), opsgenieHeader(to)
	switch action {
	case Acknowledge:
		return encode(opsgenieAct(at, a.key(), "acknowledge"), header, opsgenieActed{Source: "Bridgelog", Note: "Acknowledged in Bridgelog"})
	case Resolve:
		return encode(opsgenieAct(at, a.key(), "close"), header, opsgenieActed{Source: "Bridgelog", Note: "The alert is over"})
	default:
	}
	fired := a.State.Fired
	description := fired.Annotations["description"]
	if whole := a.title(opsgenieDescription); whole != a.title(opsgenieMessage) {
		description = strings.TrimSpace(whole + "\n\n" + description)
	}
	if link := a.link(); link != "" {
		description = strings.TrimSpace(description + "\n\n" + link)
	}
	details, room := opsgenieLabels(a)
	if raw, _ := rawAlert(a); raw != nil && len(raw)+len(rawName) <= room {
		details[rawName] = string(raw)
	} else if raw != nil {
		description = strings.TrimSpace(description + "\n\nAs it was sent:\n" + string(raw))
	}
	return encode(at, header, opsgenieAlert{
		Message: a.title(opsgenieMessage), Alias: a.key(), Description: cut(description, opsgenieDescription), Details: details,
		Entity: cut(cmp.Or(fired.Labels["service"], fired.Labels["entity"]), opsgenieEntity),
		Source: cut(cmp.Or(fired.Labels["source"], fired.Source), opsgenieSource), Priority: opsgeniePriority(a),
	})
}

// opsgenieLabels are the labels, in the order of their names, as many as there is room for,
// and the room that is left.
func opsgenieLabels(a About) (out map[string]string, room int) {
	out, room = map[string]string{}, opsgenieDetails
	for _, name := range slices.Sorted(maps.Keys(a.State.Fired.Labels)) {
		value := a.State.Fired.Labels[name]
		if room < len(name)+len(value) {
			break
		}
		room -= len(name) + len(value)
		out[name] = value
	}
	return out, room
}

// opsgenieBase is where the API has its alerts.
func opsgenieBase(to Tool) string {
	return strings.TrimSuffix(cmp.Or(to.URL, opsgenieURL), "/") + opsgeniePath
}

// opsgenieAct is where something is done with the alert of an alias.
func opsgenieAct(base, alias, act string) string {
	return base + "/" + url.PathEscape(alias) + "/" + act + "?identifierType=alias"
}

// opsgeniePriority is the label's where it says one, else that of the route's severity.
func opsgeniePriority(a About) string {
	if own := a.State.Fired.Labels["priority"]; slices.Contains([]string{"P1", "P2", "P3", "P4", "P5"}, own) {
		return own
	}
	switch a.Severity {
	case incident.SEV1:
		return "P1"
	case incident.SEV2:
		return "P2"
	default:
		return "P3"
	}
}
