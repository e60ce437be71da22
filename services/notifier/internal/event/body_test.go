package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

func entry(e incident.Event) incidentlog.Entry {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	return incidentlog.Entry{
		Recorded: incident.Recorded{Event: e, Meta: incident.Meta{Incident: "x", EventID: "e1", Revision: 1, OccurredAt: at, RecordedAt: at, Actor: "p1"}},
		Envelope: chain.Envelope{Type: e.Type(), TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
	}
}

func writer() event.Writer {
	return event.Writer{Source: "urn:bridgelog:test", Name: func(id string) string {
		if id == "p1" {
			return "Ada"
		}
		return id
	}}
}

func TestBodyIsACloudEvent(t *testing.T) {
	e := entry(incident.Declared{Number: 41, Title: "Checkout returns 502", Severity: incident.SEV1, Status: incident.StatusInvestigating, Services: []string{"checkout"}})
	body, err := writer().Body(event.Incident{}.Evolve(e), e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"specversion":"1.0","id":"e1","source":"urn:bridgelog:test","type":"dev.bridgelog.incident.declared","subject":"INC-41",` +
		`"time":"2026-01-02T03:04:05.000006Z","datacontenttype":"application/json","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",` +
		`"data":{"incident":{"id":"x","name":"INC-41","number":41,"title":"Checkout returns 502","severity":"SEV-1","status":"investigating",` +
		`"services":["checkout"],"commander":null,"private":false},"entry":1,"occurred_at":"2026-01-02T03:04:05.000006Z",` +
		`"recorded_at":"2026-01-02T03:04:05.000006Z","actor":{"id":"p1","name":"Ada"},"event":{"alert_id":"","category":"","kind":"incident","origin":"unknown",` +
		`"services":["checkout"],"severity":"SEV-1","status":"investigating","summary":"","title":"Checkout returns 502"}}}`
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func TestEveryTypeHasABody(t *testing.T) {
	types := 0
	for _, e := range incidenttest.Samples() {
		types++
		body, err := writer().Body(event.Incident{}.Evolve(entry(e)), entry(e))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if got["type"] != "dev.bridgelog."+e.Type() || strings.Contains(string(body), ":null,\"status") {
			t.Errorf("%s: %s", e.Type(), body)
		}
	}
	if types != len(incident.Types()) {
		t.Errorf("%d types are described here and %d are known", types, len(incident.Types()))
	}
}

func TestLongTextsAreClipped(t *testing.T) {
	e := entry(incident.NoteAdded{Text: strings.Repeat("é", 100_000)})
	body, err := writer().Body(event.Incident{}.Evolve(e), e)
	if err != nil || len(body) > 64<<10 || !json.Valid(body) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		patterns []string
		want     bool
	}{
		{nil, true},
		{[]string{"incident.declared"}, true},
		{[]string{"dev.bridgelog.incident.declared"}, true},
		{[]string{"incident.*"}, true},
		{[]string{"*"}, true},
		{[]string{"incident.resolved", "incident.note*"}, false},
		{[]string{"incident.declared.more"}, false},
	} {
		if got := event.Matches(c.patterns, "incident.declared"); got != c.want {
			t.Errorf("%v: %v", c.patterns, got)
		}
	}
}
