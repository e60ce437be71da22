package source

import (
	"encoding/json"
	"strings"
)

// IncidentIO reads the webhooks of incident.io: its alerts and its incidents are alerts
// here. Source: the webhooks in incident.io's OpenAPI document.
type IncidentIO struct{}

type incidentIOAlert struct {
	ID          word                   `json:"id"`
	Title       word                   `json:"title"`
	Description word                   `json:"description"`
	URL         word                   `json:"source_url"`
	Key         word                   `json:"deduplication_key"`
	Created     string                 `json:"created_at"`
	Resolved    string                 `json:"resolved_at"`
	Attributes  []incidentIOAttributes `json:"attributes"`
}

type incidentIOAttributes struct {
	Attribute struct {
		Name word `json:"name"`
	} `json:"attribute"`
	Value struct {
		Label   word `json:"label"`
		Literal word `json:"literal"`
	} `json:"value"`
}

// incidentIONamed is something that has a name.
type incidentIONamed struct {
	Name     word `json:"name"`
	Category word `json:"category"`
}

type incidentIOIncident struct {
	ID        word            `json:"id"`
	Name      word            `json:"name"`
	Reference word            `json:"reference"`
	Summary   word            `json:"summary"`
	URL       word            `json:"permalink"`
	Mode      word            `json:"mode"`
	Created   string          `json:"created_at"`
	Updated   string          `json:"updated_at"`
	Severity  incidentIONamed `json:"severity"`
	Status    incidentIONamed `json:"incident_status"`
	Type      incidentIONamed `json:"incident_type"`
}

// Name implements [Source].
func (IncidentIO) Name() string { return "incident-io" }

// Parse implements [Source]. What is said under the name of the event is what happened.
// Private events carry no more than an id, and become no alert. Events may arrive in
// another order than they happened, so only those of a status end an incident or take it
// up again. To accept an incident that is in triage is to acknowledge it; who did is not
// said.
func (IncidentIO) Parse(s Signal) (Batch, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(s.Body, &fields); err != nil {
		return Batch{}, malformed("%s", unreadable("incident.io", err))
	}
	kind := plain(fields["event_type"])
	if kind == "" {
		return Batch{}, malformed("event_type is missing")
	}
	data := fields[kind]
	switch {
	case kind == "public_alert.alert_created_v1" || kind == "public_alert.alert_resolved_v1":
		return incidentIOAlertOf(s, kind, data)
	case kind == "public_incident.incident_created_v2":
		return incidentIOIncidentOf(s, kind, data)
	case kind == "public_incident.incident_status_updated_v2":
		var inside map[string]json.RawMessage
		if json.Unmarshal(data, &inside) != nil {
			return Batch{}, malformed("%s is no object", kind)
		}
		batch, err := incidentIOIncidentOf(s, kind, inside["incident"])
		if err == nil && incidentIOAccepted(inside) && len(batch.Alerts) == 1 && batch.Alerts[0].Firing {
			batch.Remarks = remarked(batch.Alerts[0].Fingerprint, true, "", "").Remarks
		}
		return batch, err
	}
	return nothing(), nil
}

// incidentIOAccepted tells whether an incident left triage.
func incidentIOAccepted(change map[string]json.RawMessage) bool {
	var before, after incidentIONamed
	return json.Unmarshal(change["previous_status"], &before) == nil && json.Unmarshal(change["new_status"], &after) == nil &&
		strings.EqualFold(string(before.Category), "triage") && !strings.EqualFold(string(after.Category), "triage")
}

func incidentIOAlertOf(s Signal, kind string, data json.RawMessage) (Batch, error) {
	var a incidentIOAlert
	if json.Unmarshal(data, &a) != nil || a.ID == "" {
		return Batch{}, malformed("%s is no alert with an id", kind)
	}
	labels := map[string]string{}
	for _, at := range a.Attributes {
		labels[string(at.Attribute.Name)] = either(string(at.Value.Label), string(at.Value.Literal))
	}
	labels["deduplication_key"] = string(a.Key)
	return one(Alert{
		Fingerprint: scoped(s.Sender, "alert/"+string(a.ID)), Firing: kind == "public_alert.alert_created_v1",
		StartsAt: moment(a.Created, s.ReceivedAt, s.ReceivedAt), EndsAt: moment(a.Resolved, s.ReceivedAt, s.ReceivedAt),
		Title: oneLine(string(a.Title)), Description: clip(text(string(a.Description)), maxValue), URL: link(string(a.URL)),
		Labels: labels, Annotations: map[string]string{"description": string(a.Description)},
	}), nil
}

func incidentIOIncidentOf(s Signal, kind string, data json.RawMessage) (Batch, error) {
	var i incidentIOIncident
	if json.Unmarshal(data, &i) != nil || i.ID == "" {
		return Batch{}, malformed("%s is no incident with an id", kind)
	}
	if i.Mode == "test" || i.Mode == "tutorial" {
		return nothing(), nil
	}
	firing := true
	switch strings.ToLower(string(i.Status.Category)) {
	case "declined", "merged", "canceled", "learning", "closed":
		firing = false
	}
	start := moment(i.Created, s.ReceivedAt, s.ReceivedAt)
	end := moment(i.Updated, s.ReceivedAt, s.ReceivedAt)
	return one(Alert{
		Fingerprint: scoped(s.Sender, "incident/"+string(i.ID)), Firing: firing, StartsAt: start, EndsAt: end,
		Title: oneLine(string(i.Name)), Description: clip(text(string(i.Summary)), maxValue), URL: link(string(i.URL)),
		Labels: map[string]string{
			"severity": string(i.Severity.Name), "status": string(i.Status.Name), "incident_type": string(i.Type.Name), "reference": string(i.Reference),
		},
		Annotations: map[string]string{"description": string(i.Summary)},
	}), nil
}
