package door

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// tried is what would become of one alert. The form is stable.
type tried struct {
	Fingerprint string            `json:"fingerprint"`
	State       string            `json:"state"`
	Title       string            `json:"title"`
	Labels      map[string]string `json:"labels"`
	StartedTime time.Time         `json:"started_time"`
	EndedTime   *time.Time        `json:"ended_time,omitempty"`
	URL         string            `json:"url,omitempty"`
	RunbookURL  string            `json:"runbook_url,omitempty"`
	// Route took it; empty: none did.
	Route    string   `json:"route,omitempty"`
	Service  string   `json:"service,omitempty"`
	Severity string   `json:"severity,omitempty"`
	GroupBy  []string `json:"group_by,omitempty"`
	// Outcome says in a sentence what would happen.
	Outcome string `json:"outcome"`
	// Tee are the integrations that would hear of it as well, by name.
	Tee []string `json:"tee,omitempty"`
	// Page is whom it would page; nil: nobody, whatever happens.
	Page *triedPage `json:"page,omitempty"`
}

// try answers with what would become of a request at a door, and stores nothing. The
// last part of the address may name a sender, whose signature is not needed: whoever asks
// shows a token with the role responder.
func (h *Handler) try(w http.ResponseWriter, r *http.Request) {
	principal, refused := h.authenticate(r, r.Header.Get("Authorization"))
	if refused != nil {
		http.Error(w, refused.message, refused.status)
		return
	}
	name := r.PathValue("source")
	from, ok := h.o.Sources.Find(name)
	if !ok {
		http.Error(w, fmt.Sprintf("there is no door %.40q", name), http.StatusNotFound)
		return
	}
	sender, refused := h.sender(r, name)
	switch {
	case refused != nil:
		http.Error(w, refused.message, refused.status)
		return
	case sender != nil:
		principal = sender.ID
	case r.PathValue("token") != "":
		http.Error(w, fmt.Sprintf("there is no sender %.60q of the door %s", r.PathValue("token"), name), http.StatusNotFound)
		return
	}
	release, ok := h.take(r, true, h.o.MaxBody)
	if !ok {
		http.Error(w, "too much at once: send it again", http.StatusServiceUnavailable)
		return
	}
	defer release()
	body, refused := h.read(w, r, h.o.MaxBody)
	if refused != nil {
		http.Error(w, refused.message, refused.status)
		return
	}
	batch, err := from.Parse(source.Signal{
		ID: uuid.NewString(), Sender: principal, ReceivedAt: h.o.Now().UTC(), ContentType: contentType(r), Header: cloudEvents().headers(r),
		Body: asKept(name, body),
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	var rules []route.Rule
	if h.o.Rules != nil {
		rules = h.o.Rules()
	}
	found := make([]tried, len(batch.Alerts))
	for i := range batch.Alerts {
		a := &batch.Alerts[i]
		found[i] = h.foresee(rules, name, a)
		if rule, taken := route.Match(rules, name, a.Labels); taken {
			h.foreseePage(&found[i], rule, a)
		}
		h.foreseeSilence(&found[i], name, a)
	}
	answerJSON(w, http.StatusOK, map[string]any{"alerts": found, "remarks": foreseeRemarks(batch.Remarks), "changes": h.foreseeChanges(batch.Changes)})
}

// asKept is a body as its door would have kept it.
func asKept(door string, body []byte) []byte {
	if tokensOnly(door) { // A file has no address; what one sends to try is an alert.
		return append([]byte(source.OpsgenieLine(http.MethodPost, &url.URL{Path: source.OpsgeniePath})), body...)
	}
	return body
}

// foreseeSilence says what would keep an alert from calling.
func (h *Handler) foreseeSilence(t *tried, door string, a *source.Alert) {
	if h.o.Suppressed == nil || !a.Firing {
		return
	}
	if by, suppressed := h.o.Suppressed(door, a); suppressed {
		t.Outcome = fmt.Sprintf("is suppressed by %s %s until %s, and then, if it still fires, %s", by.Kind, by.Name, by.Until.Format(time.RFC3339), t.Outcome)
	}
}

// foresee says what would become of an alert.
func (h *Handler) foresee(rules []route.Rule, door string, a *source.Alert) tried {
	t := tried{
		Fingerprint: a.Fingerprint, State: "resolved", Title: a.Title, Labels: a.Labels, StartedTime: a.StartsAt, URL: a.URL, RunbookURL: a.RunbookURL,
	}
	rule, taken := route.Match(rules, door, a.Labels)
	if taken {
		t.Route, t.Service, t.GroupBy = rule.Name, h.service(rule.ServiceFor(a.Labels)), rule.GroupBy
		t.Tee = rule.Tee
		if rule.Severity != incidentv1.Severity_SEVERITY_UNSPECIFIED {
			t.Severity = incident.Severity(rule.Severity).String()
		}
	}
	switch {
	case !a.Firing:
		t.EndedTime = &a.EndsAt
		t.Outcome = "ends the alert if it is open; nothing otherwise"
		return t
	case !taken:
		t.Outcome = "is listed only: no route takes it"
	case rule.List:
		t.Outcome = "is listed only, as its route says"
	case rule.Page:
		t.Outcome = pages(rule)
	case rule.Attach && t.Service == "":
		t.Outcome = "is listed only: a label that its route makes the service of is missing"
	case rule.Attach:
		t.Outcome = "joins the open incident of " + t.Service + " that was declared last; is listed only when there is none"
	default:
		t.Outcome = "declares an incident, or joins the open one of its group"
	}
	t.State = "firing"
	return t
}
