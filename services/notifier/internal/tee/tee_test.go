package tee

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

func about(change func(*alert.Fired)) About {
	f := alert.Fired{
		Source: "alertmanager", Title: "5xx of checkout", StartsAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Route: "critical",
		Labels:      map[string]string{"alertname": "HighErrorRate", "severity": "page", "service": "checkout", "instance": "web-1"},
		Annotations: map[string]string{"description": "one in ten fails"}, GeneratorURL: "https://prometheus.example/graph",
	}
	if change != nil {
		change(&f)
	}
	return About{ID: "0123456789abcdef0123456789abcdef", State: alert.State{Fired: f}, Severity: incident.SEV2}
}

func build(t *testing.T, to Tool, action Action, a About) (Request, map[string]any) {
	t.Helper()
	r, err := Build(to, action, a)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	return r, body
}

func TestWhatPagerDutyGets(t *testing.T) {
	t.Parallel()
	to := Tool{Type: "pagerduty", Key: "KEY"}
	r, body := build(t, to, Trigger, about(nil))
	payload := body["payload"].(map[string]any)
	if r.URL != "https://events.pagerduty.com/v2/enqueue" || body["routing_key"] != "KEY" || body["event_action"] != "trigger" ||
		body["dedup_key"] != about(nil).ID || payload["summary"] != "5xx of checkout" || payload["severity"] != "error" || payload["source"] != "web-1" ||
		payload["timestamp"] != "2026-01-02T03:04:05Z" || payload["custom_details"].(map[string]any)["labels"].(map[string]any)["service"] != "checkout" {
		t.Errorf("%s: %v", r.URL, body)
	}
	for _, action := range []Action{Acknowledge, Resolve} {
		if _, body = build(t, to, action, about(nil)); body["event_action"] != string(action) || body["dedup_key"] != about(nil).ID || body["payload"] != nil {
			t.Errorf("%v", body)
		}
	}
	for url, want := range map[string]string{"http://pd.example": "http://pd.example/v2/enqueue", "http://pd.example/v2/enqueue/": "http://pd.example/v2/enqueue"} {
		if r, _ := build(t, Tool{Type: "pagerduty", URL: url}, Trigger, about(nil)); r.URL != want {
			t.Errorf("%s: %s", url, r.URL)
		}
	}
	r, body = build(t, to, Trigger, about(func(f *alert.Fired) {
		f.Title = strings.Repeat("ü", 3000)
		f.Labels = map[string]string{"severity": "critical"}
		f.Annotations = map[string]string{"long": strings.Repeat("x", 600<<10)}
		f.GeneratorURL = "javascript:alert(1)"
	}))
	payload = body["payload"].(map[string]any)
	if len(r.Body) > 512<<10 || utf8.RuneCountInString(payload["summary"].(string)) > 1024 || payload["severity"] != "critical" || body["links"] != nil {
		t.Errorf("%d bytes", len(r.Body))
	}
}

func TestWhatOpsgenieGets(t *testing.T) {
	t.Parallel()
	to := Tool{Type: "opsgenie", URL: "http://og.example/", Key: "KEY"}
	id := about(nil).ID
	r, body := build(t, to, Trigger, about(nil))
	if r.URL != "http://og.example/v2/alerts" || r.Header.Get("Authorization") != "GenieKey KEY" || body["alias"] != id || body["message"] != "5xx of checkout" ||
		body["priority"] != "P2" || body["entity"] != "checkout" || body["details"].(map[string]any)["instance"] != "web-1" || strings.Contains(string(r.Body), "KEY") {
		t.Errorf("%s: %v", r.URL, body)
	}
	for action, want := range map[Action]string{
		Acknowledge: "http://og.example/v2/alerts/" + id + "/acknowledge?identifierType=alias", Resolve: "http://og.example/v2/alerts/" + id + "/close?identifierType=alias",
	} {
		if r, _ := build(t, to, action, about(nil)); r.URL != want {
			t.Errorf("%s: %s", action, r.URL)
		}
	}
	_, body = build(t, to, Trigger, about(func(f *alert.Fired) {
		f.Title, f.Labels = strings.Repeat("ü", 3000), map[string]string{"a": strings.Repeat("x", 7000), "b": strings.Repeat("y", 7000)}
	}))
	if utf8.RuneCountInString(body["message"].(string)) != 130 || !strings.HasPrefix(body["description"].(string), strings.Repeat("ü", 3000)) ||
		len(body["details"].(map[string]any)) != 1 {
		t.Errorf("bounds: %v", body)
	}
	if _, err := Build(Tool{Type: "smtp"}, Trigger, about(nil)); err == nil {
		t.Error("an alert is forwarded to smtp")
	}
}

func TestWhatIsToldNext(t *testing.T) {
	t.Parallel()
	now := time.Now()
	began := alert.Fired{Source: "s"}
	acked, over := alert.Acknowledged{By: "p1"}, now
	triggered, told := db.NotifierLedgerTee{TriggeredAt: &now}, db.NotifierLedgerTee{TriggeredAt: &now, AcknowledgedAt: &now}
	for name, c := range map[string]struct {
		row   db.NotifierLedgerTee
		state alert.State
		want  Action
		ended bool
	}{
		"it fires":                             {db.NotifierLedgerTee{}, alert.State{Fired: began}, Trigger, false},
		"it is over before it was told of":     {db.NotifierLedgerTee{}, alert.State{Fired: began, EndedAt: over}, "", true},
		"it is over, the trigger may be there": {db.NotifierLedgerTee{Tried: true}, alert.State{Fired: began, EndedAt: over}, Resolve, false},
		"that is told":                         {db.NotifierLedgerTee{Tried: true, ResolvedAt: &now}, alert.State{Fired: began, EndedAt: over}, "", true},
		"it may not call":                      {db.NotifierLedgerTee{}, alert.State{Fired: began, Suppressed: alert.Suppressed{ID: "s"}}, "", false},
		"acknowledged first all the same":      {db.NotifierLedgerTee{}, alert.State{Fired: began, Acknowledged: acked}, Trigger, false},
		"nothing new":                          {triggered, alert.State{Fired: began}, "", false},
		"acknowledged":                         {triggered, alert.State{Fired: began, Acknowledged: acked}, Acknowledge, false},
		"acknowledged, and told":               {told, alert.State{Fired: began, Acknowledged: acked}, "", false},
		"over":                                 {told, alert.State{Fired: began, Acknowledged: acked, EndedAt: over}, Resolve, false},
		"over, the acknowledgment is late":     {triggered, alert.State{Fired: began, Acknowledged: acked, EndedAt: over}, Resolve, false},
		"all is told":                          {db.NotifierLedgerTee{TriggeredAt: &now, ResolvedAt: &now}, alert.State{Fired: began, EndedAt: over}, "", true},
	} {
		if told, ended := next(c.row, history{State: c.state}, true); told.action != c.want || ended != c.ended {
			t.Errorf("%s: %q, %v; want %q, %v", name, told.action, ended, c.want, c.ended)
		}
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	row, total, tries := db.NotifierLedgerTee{}, time.Duration(0), 0
	for row.TriggeredAt == nil {
		var rest time.Duration
		row, rest = after(row, telling{action: Trigger}, outcome{problem: "it answered 503"}, time.Now())
		total += rest
		if tries++; tries > 100 {
			t.Fatal("it is tried for ever")
		}
	}
	if tries != 11 || total < time.Hour || total > 2*time.Hour || row.ResolvedAt == nil || !strings.Contains(row.Note, "in 11 attempts: it answered 503") {
		t.Errorf("%d tries in %v: %+v", tries, total, row)
	}
	for code, want := range map[int]outcome{202: {accepted: true}, 400: {problem: "it answered 400", final: true, refused: true}, 429: {problem: "it answered 429", retryAfter: time.Minute}, 503: {problem: "it answered 503", retryAfter: time.Minute}, 302: {problem: "it answered 302", final: true}} {
		answer := &http.Response{StatusCode: code, Header: http.Header{"Retry-After": {"60"}}}
		if got := judge(answer, time.Now()); got != want {
			t.Errorf("%d: %+v", code, got)
		}
	}
	if row, rest := after(db.NotifierLedgerTee{}, telling{action: Trigger}, outcome{problem: "x", retryAfter: time.Minute}, time.Now()); rest != time.Minute || row.TriggeredAt != nil {
		t.Errorf("what the tool asks for: %v", rest)
	}
	if row, rest := after(db.NotifierLedgerTee{}, telling{action: Trigger}, outcome{problem: "it answered 400", final: true}, time.Now()); rest != 0 || row.TriggeredAt == nil || row.ResolvedAt == nil {
		t.Errorf("refused for good: %+v", row)
	}
}
