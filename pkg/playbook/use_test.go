package playbook_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
)

// TestTextsForCustomersAreSelected is the whole table of what is built in: severity,
// status, and whether it is the first that customers hear.
func TestTextsForCustomersAreSelected(t *testing.T) {
	p := book(t, "")
	severities := []incident.Severity{incident.Unknown, incident.SEV1, incident.SEV2, incident.SEV3}
	for _, c := range []struct {
		told   bool
		status incident.Status
		want   string // at each severity
	}{
		{false, incident.StatusInvestigating, "acknowledgment acknowledgment-critical acknowledgment acknowledgment"},
		{false, incident.StatusIdentified, "acknowledgment acknowledgment-critical acknowledgment acknowledgment"},
		{false, incident.StatusMonitoring, "progress-monitoring progress-monitoring progress-monitoring progress-monitoring"},
		{false, incident.StatusResolved, "resolution resolution resolution resolution"},
		{true, incident.StatusInvestigating, "progress progress progress progress"},
		{true, incident.StatusIdentified, "progress progress progress progress"},
		{true, incident.StatusMonitoring, "progress-monitoring progress-monitoring progress-monitoring progress-monitoring"},
		{true, incident.StatusResolved, "resolution resolution resolution resolution"},
	} {
		var got []string
		for _, severity := range severities {
			r, ok := p.Template(playbook.CustomerUse(c.told, c.status), severity, c.status)
			if !ok {
				t.Fatalf("none at %s, %s", severity, c.status)
			}
			got = append(got, r.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("told %v, %s: got %s, want %s", c.told, c.status, got, c.want)
		}
	}
}

func TestVariablesOfATemplate(t *testing.T) {
	p := book(t, `{kind: Template, name: t, spec: {use: progress, subject: "{{headline}}", body: "{{impact}} {{headline}} {{support | us}}"}}`)
	r, _ := p.Find("template", "t")
	if got := strings.Join(playbook.Variables(r), " "); got != "headline impact support" {
		t.Errorf("it uses %s", got)
	}
	for _, r := range p.Resources("template") {
		for _, name := range playbook.Variables(r) {
			if _, known := template.Find(name); !known {
				t.Errorf("%s uses %s", r.Name, name)
			}
		}
	}
}
