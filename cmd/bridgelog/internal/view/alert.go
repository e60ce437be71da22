package view

import (
	"cmp"
	"maps"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// AlertEpisode is one episode of an alert, with its evidence.
type AlertEpisode struct {
	ID              string            `json:"id"`
	State           string            `json:"state"` // firing, acknowledged, suppressed or resolved
	Source          string            `json:"source"`
	Fingerprint     string            `json:"fingerprint"`
	Title           string            `json:"title"`
	Labels          map[string]string `json:"labels"`
	Annotations     map[string]string `json:"annotations"`
	URL             string            `json:"url"`
	StartedTime     Time              `json:"started_time"`
	EndedTime       Time              `json:"ended_time"`
	RecordedTime    Time              `json:"recorded_time"`
	EndRecordedTime Time              `json:"end_recorded_time"`
	Route           string            `json:"route"`
	Group           string            `json:"group"`
	Incident        string            `json:"incident"`
	IncidentID      string            `json:"incident_id"`
	SignalID        string            `json:"signal_id"`
	EndSignalID     string            `json:"end_signal_id"`
	Redacted        bool              `json:"redacted"`
	// Runbook is left out of lists.
	Runbook *AlertRunbook `json:"runbook,omitempty"`
	// Acknowledgment is nil while nobody takes care of it.
	Acknowledgment *AlertNote `json:"acknowledgment"`
	// Suppressions are the times in which it called nobody, in order.
	Suppressions []AlertSuppression `json:"suppressions"`
	// Flapping is nil of what was not when it began.
	Flapping *AlertFlapping `json:"flapping"`
	// Notes are left out of lists.
	Notes []AlertNote `json:"notes,omitempty"`
	// Pages are left out of lists: who was called for it.
	Pages []Page `json:"pages,omitempty"`
}

// AlertRunbook says whether an alert leads to a runbook.
type AlertRunbook struct {
	Outcome string `json:"outcome"` // linked, dangling, placeholder or missing
	Link    string `json:"link"`
	Name    string `json:"name"` // in the catalog; empty when it is none of these
}

// AlertNote is what somebody said about an alert.
type AlertNote struct {
	Text         string `json:"text"`
	By           string `json:"by"` // a name, or an id without one
	ByID         string `json:"by_id"`
	SaidBy       string `json:"said_by"`
	Time         Time   `json:"time"`
	RecordedTime Time   `json:"recorded_time"`
	SignalID     string `json:"signal_id"`
	Revision     uint64 `json:"revision"`
	Redacted     bool   `json:"redacted"`
}

func ofAlertNote(in *signalv1.AlertNote) AlertNote {
	return AlertNote{
		Text: in.GetText(), By: cmp.Or(in.GetByName(), in.GetBy()), ByID: in.GetBy(), SaidBy: in.GetSaidBy(), Time: timeOf(in.GetTime()),
		RecordedTime: timeOf(in.GetRecordedTime()), SignalID: in.GetSignalId(), Revision: in.GetRevision(), Redacted: in.GetRedacted(),
	}
}

// AlertEpisodes is what `alerts list` answers.
type AlertEpisodes struct {
	Alerts        []AlertEpisode `json:"alerts"`
	NextPageToken string         `json:"next_page_token"`
}

// OfAlert converts an alert. A nil alert gives an episode that is over.
func OfAlert(in *signalv1.Alert) AlertEpisode {
	out := AlertEpisode{
		ID: in.GetId(), State: "resolved", Source: in.GetSource(), Fingerprint: in.GetFingerprint(), Title: in.GetTitle(),
		Labels: pairs(in.GetLabels()), Annotations: pairs(in.GetAnnotations()), URL: in.GetGeneratorUrl(),
		StartedTime: timeOf(in.GetStartedTime()), EndedTime: timeOf(in.GetEndedTime()),
		RecordedTime: timeOf(in.GetRecordedTime()), EndRecordedTime: timeOf(in.GetEndRecordedTime()),
		Route: in.GetRoute(), Group: in.GetGroup(), Incident: Name(in.GetIncidentNumber()), IncidentID: in.GetIncidentId(),
		SignalID: in.GetSignalId(), EndSignalID: in.GetEndSignalId(), Redacted: in.GetRedacted(),
	}
	out.Suppressions, out.Flapping = suppressions(in.GetSuppressions()), flapping(in.GetFlapping())
	if in.GetFiring() {
		out.State = "firing"
	}
	if ack := in.GetAcknowledgment(); ack != nil {
		said := ofAlertNote(ack)
		out.Acknowledgment = &said
		if in.GetFiring() {
			out.State = "acknowledged"
		}
	}
	if in.GetState() == signalv1.AlertState_ALERT_STATE_SUPPRESSED {
		out.State = "suppressed"
	}
	for _, n := range in.GetNotes() {
		out.Notes = append(out.Notes, ofAlertNote(n))
	}
	return out
}

// pairs is never nil, so that scripts find an object.
func pairs(in map[string]string) map[string]string {
	if in == nil {
		return map[string]string{}
	}
	return maps.Clone(in)
}
