package tee

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// What Opsgenie's Alert API v2 states, in characters.
const (
	opsgenieURL         = "https://api.opsgenie.com"
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

type opsgenieAct struct {
	Source string `json:"source"`
	Note   string `json:"note"`
}

func opsgenie(to Tool, action Action, a About) (Request, error) {
	url := strings.TrimSuffix(cmp.Or(to.URL, opsgenieURL), "/") + "/v2/alerts"
	header := http.Header{"Authorization": {"GenieKey " + to.Key}}
	switch action {
	case Acknowledge:
		return encode(url+"/"+a.ID+"/acknowledge?identifierType=alias", header, opsgenieAct{Source: "Bridgelog", Note: "Acknowledged in Bridgelog"})
	case Resolve:
		return encode(url+"/"+a.ID+"/close?identifierType=alias", header, opsgenieAct{Source: "Bridgelog", Note: "The alert is over"})
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
	return encode(url, header, opsgenieAlert{
		Message: a.title(opsgenieMessage), Alias: a.ID, Description: cut(description, opsgenieDescription), Details: opsgenieLabels(a),
		Entity: cut(cmp.Or(fired.Labels["service"], fired.Labels["entity"]), opsgenieEntity),
		Source: cut(cmp.Or(fired.Labels["source"], fired.Source), opsgenieSource), Priority: opsgeniePriority(a),
	})
}

// opsgenieLabels are the labels, in the order of their names, as many as there is room for.
func opsgenieLabels(a About) map[string]string {
	out, room := map[string]string{}, opsgenieDetails
	for _, name := range slices.Sorted(maps.Keys(a.State.Fired.Labels)) {
		value := a.State.Fired.Labels[name]
		if room -= len(name) + len(value); room < 0 {
			break
		}
		out[name] = value
	}
	return out
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
