package intake_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

// TestASummaryNamesTheRunbook of the alert, its service or the library; what only promises
// one is no link.
func TestASummaryNamesTheRunbook(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, declareRoute+`
---
{kind: Runbook, name: disk, spec: {title: Disk full, url: "https://r.example/disk", alerts: [DiskFull]}}
---
{kind: Service, name: search, spec: {display_name: The Search, runbook_url: "https://r.example/search"}}
`)...)
	want := map[string]string{}
	for title, c := range map[string]struct{ details, says string }{
		"its own":     {`"runbook_url":"https://r.example/own"`, "Runbook: https://r.example/own"},
		"library":     {`"alertname":"DiskFull","runbook":"TODO"`, "Runbook: disk, https://r.example/disk"},
		"service":     {`"service":"the search"`, "Runbook: https://r.example/search"},
		"placeholder": {`"runbook":"TODO"`, "Runbook: none: the alert has only a placeholder for it"},
		"dangling":    {`"runbook":"nowhere"`, `Runbook: none: the alert names "nowhere", which is not there`},
		"nothing":     {`"service":"checkout"`, "Runbook: none"},
	} {
		s.ask("/v2/alerts", `{"message":"`+title+`","alias":"`+title+`","description":"What it is.","details":{`+c.details+`}}`)
		want[title] = "What it is.\n\n" + c.says
	}
	got := s.handled("m1")
	if len(got) != len(want) {
		t.Errorf("%d incidents, want %d", len(got), len(want))
	}
	for _, one := range got {
		entries, err := incidentlog.Load(t.Context(), s.log, one.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		declared, ok := entries[0].Recorded.Event.(incident.Declared)
		if !ok || strings.TrimSpace(declared.Summary) != want[one.Title] {
			t.Errorf("%s: %q, want %q", one.Title, declared.Summary, want[one.Title])
		}
	}
}
