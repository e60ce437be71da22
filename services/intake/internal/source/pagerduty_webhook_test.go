package source_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const pagerDutyTriggered = `{"event":{"id":"e","event_type":"incident.triggered","occurred_at":"2025-11-22T10:00:05.169+0000","data":{"id":"P1","number":2,"title":"A bump","html_url":"https://pd.example/P1","created_at":"2025-11-22T10:00:00Z","urgency":"high","service":{"summary":"API"},"priority":{"summary":"P1"},"teams":[{"summary":"A"},{"summary":"B"}],"incident_type":{"name":"major"}}}}`

func TestPagerDutyWebhook(t *testing.T) {
	sourcetest.Run(t, source.PagerDutyWebhook{}, all(
		[]string{pagerDutyTriggered, strings.Replace(pagerDutyTriggered, "triggered", "resolved", 1), `{"event":{"event_type":"pagey.ping","data":{}}}`, `{"event":{"event_type":"incident.delegated","agent":null,"data":[]}}`, pagerDutyAnnotated, strings.Replace(pagerDutyTriggered, "triggered", "acknowledged", 1)},
		[]string{`{"event":{"event_type":"incident.annotated","agent":null,"data":[]}}`, `{}`, `{"messages":[]}`, `{"event":{}}`, `{"event":{"event_type":"incident.triggered","data":{}}}`, `{"event":{"event_type":"incident.triggered","data":[]}}`},
	))
	a := testTold(t, source.PagerDutyWebhook{}, pagerDutyTriggered, &told{"incident/P1", true, "A bump", map[string]string{
		"service": "API", "priority": "P1", "urgency": "high", "team": "A,B", "incident_type": "major",
	}})
	if a.StartsAt.Format("15:04:05") != "10:00:00" || a.URL != "https://pd.example/P1" {
		t.Errorf("got %+v", a)
	}
	a = testTold(t, source.PagerDutyWebhook{}, strings.Replace(pagerDutyTriggered, "triggered", "reopened", 1), &told{"incident/P1", true, "A bump", nil})
	if a.StartsAt.Format("15:04:05") != "10:00:05" {
		t.Errorf("reopened at %v", a.StartsAt)
	}
	a = testTold(t, source.PagerDutyWebhook{}, strings.Replace(pagerDutyTriggered, "triggered", "resolved", 1), &told{"incident/P1", false, "A bump", nil})
	if a.EndsAt.Format("15:04:05") != "10:00:05" {
		t.Errorf("resolved at %v", a.EndsAt)
	}
	acknowledged := strings.Replace(pagerDutyTriggered, `"data"`, `"agent":{"summary":"Ada"},"data"`, 1)
	testRemarked(t, source.PagerDutyWebhook{}, strings.Replace(acknowledged, "triggered", "acknowledged", 1), a.Fingerprint, source.Remark{Acknowledges: true, SaidBy: "Ada"})
	testRemarked(t, source.PagerDutyWebhook{}, pagerDutyAnnotated, a.Fingerprint, source.Remark{Text: "Looking", SaidBy: "Ada"})
	testTold(t, source.PagerDutyWebhook{}, strings.Replace(pagerDutyAnnotated, "Looking", " ", 1), nil)
}

const pagerDutyAnnotated = `{"event":{"event_type":"incident.annotated","agent":{"summary":"Ada"},"data":{"id":"N1","type":"incident_note","content":"Looking","incident":{"id":"P1"}}}}`

func FuzzPagerDutyWebhook(f *testing.F) {
	fuzz(f, source.PagerDutyWebhook{}, pagerDutyTriggered, pagerDutyAnnotated)
}
