package playbook_test

import (
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
)

func TestOfferedChecklists(t *testing.T) {
	p := book(t, `
{kind: Checklist, name: first, spec: {use: first_minutes, items: [{id: a, text: A}]}}
---
{kind: Checklist, name: first-bad, spec: {use: first_minutes, severities: [SEV-1], items: [{id: a, text: A}]}}
---
{kind: Checklist, name: scribe, spec: {use: role, role: scribe, items: [{id: a, text: A}]}}
---
{kind: Checklist, name: usual, spec: {use: suspects, items: [{id: a, text: A}]}}
---
{kind: Checklist, name: hour, spec: {use: within_hour, items: [{id: a, text: A}]}}
---
{kind: Checklist, name: days, spec: {use: within_two_days, items: [{id: a, text: A}]}}
---
{kind: Checklist, name: other, spec: {items: [{id: a, text: A}]}}
`)
	for _, c := range []struct {
		severity incident.Severity
		status   incident.Status
		scribe   bool
		started  string
		want     []string
	}{
		{incident.SEV2, incident.StatusTriage, false, "", []string{"first"}},
		{incident.SEV1, incident.StatusInvestigating, false, "", []string{"first", "first-bad", "usual"}},
		{incident.SEV2, incident.StatusIdentified, true, "first", []string{"scribe", "usual"}},
		{incident.SEV2, incident.StatusResolved, true, "", []string{"hour", "days"}},
		{incident.SEV2, incident.StatusClosed, true, "", []string{"days"}},
		{incident.SEV2, incident.StatusCancelled, true, "", nil},
	} {
		var got []string
		for _, r := range p.Offered(playbook.Situation{
			Severity: c.severity, Status: c.status,
			Held:    func(r incident.Role) bool { return c.scribe && r == incident.Scribe },
			Started: func(name string) bool { return name == c.started },
		}) {
			got = append(got, r.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v %v: offered %v, want %v", c.severity, c.status, got, c.want)
		}
	}
}
