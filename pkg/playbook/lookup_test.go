package playbook_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func TestSeveritiesAreFoundByTheirNames(t *testing.T) {
	p := book(t, "{kind: Severity, name: red, spec: {severity: SEV-1, display_name: awful, aliases: [code-red]}}")
	for text, want := range map[string]incident.Severity{
		"red": incident.SEV1, "RED": incident.SEV1, " Awful ": incident.SEV1, "code-red": incident.SEV1,
		"sev1": incident.SEV1, "P2": incident.SEV2, "minor": incident.SEV3,
	} {
		if got, err := p.ParseSeverity(text); err != nil || got != want {
			t.Errorf("%q is %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "blue", "4"} {
		if got, err := p.ParseSeverity(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestMissedRoles(t *testing.T) {
	p := book(t, "")
	missed := p.MissedRoles(func(r incident.Role) bool { return r != incident.Scribe })
	if len(missed) != 1 || missed[0] != incident.Scribe {
		t.Errorf("missed %v", missed)
	}
	relaxed := book(t, "{kind: Role, name: commander, spec: {role: commander, warn_when_empty: true}}")
	if missed := relaxed.MissedRoles(func(incident.Role) bool { return false }); len(missed) != 1 || missed[0] != incident.Commander {
		t.Errorf("missed %v", missed)
	}
	if _, ok := relaxed.Role(incident.Scribe); ok {
		t.Error("a role that is not described was found")
	}
}

func TestReviews(t *testing.T) {
	p := book(t, `
{kind: Category, name: storage, spec: {review: {count: 3, within: 240h}}}
---
{kind: Category, name: disks, spec: {parent: storage}}
---
{kind: Category, name: other}
`)
	r, ok := p.Review("disks")
	if !ok || r.Count != 3 || r.Within != 240*time.Hour {
		t.Fatalf("got %v, %v", r, ok)
	}
	for _, name := range []string{"other", "none", ""} {
		if r, ok := p.Review(name); ok {
			t.Errorf("%q is reviewed: %v", name, r)
		}
	}
	if _, ok := p.Review("change"); !ok {
		t.Error("a built-in category that is referred to is not understood")
	}
	latest := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	days := func(n ...int) (all []time.Time) {
		for _, d := range n {
			all = append(all, latest.AddDate(0, 0, -d))
		}
		return all
	}
	for _, c := range []struct {
		days []time.Time
		want bool
	}{{days(), false}, {days(1), false}, {days(1, 10), true}, {days(1, 11), false}, {days(-1, 1), false}, {days(9, 30, 2, 5), true}} {
		if got := r.Asked(latest, c.days); got != c.want {
			t.Errorf("after %v: %t", c.days, got)
		}
	}
}
