package timeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

func noonToday() time.Time { return time.Now().Truncate(time.Hour) }

// TestNoCanaryIsLeft redacts every kind of text and looks for it in every row of
// every version, before and after a rebuild.
func TestNoCanaryIsLeft(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.Declare(incident.Declare{Title: "canary title", Summary: "canary summary", Severity: incident.SEV1}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "canary note", Author: "canary author"}, logtest.Act{})
	w.Do(id, incident.PublishUpdate{UpdateID: "u", Status: incident.StatusIdentified, Message: "canary message", Title: "canary name"}, logtest.Act{})
	w.Do(id, incident.LinkAlert{AlertID: "a", Title: "canary alert", URL: "https://canary"}, logtest.Act{})
	w.Do(id, incident.EditEntry{Entry: 2, Text: "canary edit", Reason: "canary reason"}, logtest.Act{})
	for revision := uint64(1); revision <= 5; revision++ {
		w.Redact(id, revision, logtest.Act{})
	}
	got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	if i := got.GetIncident(); i.GetTitle() != "[redacted]" || i.GetNumber() != 1 || i.GetSeverity() == 0 {
		t.Errorf("what is left: %v", i)
	}
	w.noCanary()
	if _, err := n.rebuild(t); err != nil {
		t.Fatal(err)
	}
	w.noCanary()
	for name, read := range map[string]func() (string, error){
		"postmortem": func() (string, error) {
			r, err := n.GetPostmortem(as(t, "eve"), &timelinev1.GetPostmortemRequest{Incident: "1"})
			return r.GetMarkdown(), err
		},
		"past": func() (string, error) {
			r, err := n.ListEntries(as(t, "eve"), &timelinev1.ListEntriesRequest{Incident: "1", IncludeHidden: true, At: &timelinev1.TimeTravel{
				At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: stamp(time.Now())},
			}})
			return r.String(), err
		},
	} {
		if text, err := read(); err != nil || strings.Contains(text, "canary") {
			t.Errorf("%s: %v %s", name, err, text)
		}
	}
}

// noCanary looks through the rows, documents and words of the live version.
func (w *world) noCanary() {
	w.t.Helper()
	w.eventually(func() bool { return w.count("select count(*) from timeline.live where searchable") == 1 })
	rows := w.dump()
	if len(rows) < 10 {
		w.t.Fatalf("only %d rows", len(rows))
	}
	for _, r := range rows {
		// Documents show as hexadecimal.
		if strings.Contains(r, "canari") || strings.Contains(r, "canary") || strings.Contains(r, "63616e617279") {
			w.t.Errorf("a row holds it: %s", r)
		}
	}
}
