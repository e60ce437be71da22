package source

import (
	"encoding/json"
	"strings"
)

// OpsgenieWebhook reads what Opsgenie's webhook integration sends of its alerts. Source:
// descriptions of it by those who receive it; its documentation ends with Opsgenie.
type OpsgenieWebhook struct{}

type opsgenieWebhook struct {
	Action string `json:"action"`
	Alert  *struct {
		ID          word                       `json:"alertId"`
		Message     word                       `json:"message"`
		Description word                       `json:"description"`
		Alias       word                       `json:"alias"`
		Entity      word                       `json:"entity"`
		Priority    word                       `json:"priority"`
		Source      word                       `json:"source"`
		Team        word                       `json:"team"`
		Tags        []word                     `json:"tags"`
		Details     map[string]json.RawMessage `json:"details"`
		Created     word                       `json:"createdAt"`
		Updated     word                       `json:"updatedAt"`
		User        word                       `json:"username"`
		Note        word                       `json:"note"`
	} `json:"alert"`
}

// Name implements [Source].
func (OpsgenieWebhook) Name() string { return "opsgenie-webhook" }

// Parse implements [Source]. An alert there is one here, from its creation until it is
// closed or deleted; who acknowledges it there or adds a note does so here. Every other
// action is evidence of no alert.
func (OpsgenieWebhook) Parse(s Signal) (Batch, error) {
	var b opsgenieWebhook
	if err := json.Unmarshal(s.Body, &b); err != nil {
		return Batch{}, malformed("%s", unreadable("Opsgenie", err))
	}
	switch b.Action {
	case "":
		return Batch{}, malformed("action is missing")
	case "Create", "Close", "Delete", "Acknowledge", "AddNote":
	default:
		return nothing(), nil
	}
	if b.Alert == nil || b.Alert.ID == "" {
		return Batch{}, malformed("alertId is missing")
	}
	a := b.alert(s)
	switch b.Action {
	case "Acknowledge", "AddNote":
		return remarked(a.Fingerprint, b.Action == "Acknowledge", string(b.Alert.Note), string(b.Alert.User)), nil
	}
	return one(a), nil
}

func (b *opsgenieWebhook) alert(s Signal) Alert {
	a := b.Alert
	labels, annotations := map[string]string{}, map[string]string{}
	for _, tag := range a.Tags {
		name, value, ok := strings.Cut(string(tag), ":")
		if !ok {
			value = "true"
		}
		labels[name] = value
	}
	for name, value := range a.Details {
		annotations[name] = plain(value)
		labels[name] = plain(value)
	}
	annotations["description"] = string(a.Description)
	for name, value := range map[string]string{
		"alias": string(a.Alias), "entity": string(a.Entity), "priority": string(a.Priority), "source": string(a.Source), "team": string(a.Team),
	} {
		if value != "" {
			labels[name] = value
		}
	}
	return Alert{
		Fingerprint: scoped(s.Sender, "alert/"+string(a.ID)), Firing: b.Action == "Create",
		StartsAt: milliseconds(string(a.Created), s.ReceivedAt, s.ReceivedAt), EndsAt: milliseconds(string(a.Updated), s.ReceivedAt, s.ReceivedAt),
		Title: oneLine(string(a.Message)), Description: clip(text(string(a.Description)), maxValue),
		RunbookURL: link(first(annotations, "runbook_url", "runbook")), Labels: labels, Annotations: annotations,
	}
}
