package view_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func knownAt(t *testing.T, s story, when time.Time) *view.View {
	t.Helper()
	v, err := view.KnownAt(s, nil, when)
	if err != nil {
		t.Fatalf("as known at %v: %v", when, err)
	}
	return v
}

func happenedAt(t *testing.T, s story, when time.Time) *view.View {
	t.Helper()
	v, err := view.HappenedAt(s, nil, when)
	if err != nil {
		t.Fatalf("as happened at %v: %v", when, err)
	}
	return v
}

func TestKnownAtHasNoHindsight(t *testing.T) {
	s := declared().
		then("bob", incident.NoteAdded{Text: "looks like the network"}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "it was DNS"}).
		late("bob", incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1}, at(0))
	v := knownAt(t, s, at(1))
	if v.Entry(2).Text != "looks like the network" || v.Incident.Severity != incident.SEV2 || v.Incident.Revision != 2 {
		t.Errorf("got %+v with %q", v.Incident, v.Entry(2).Text)
	}
	if v := knownAt(t, s, at(3)); v.Entry(2).Text != "it was DNS" || v.Incident.Severity != incident.SEV1 {
		t.Error("later knowledge is missing")
	}
	if _, err := view.KnownAt(s, nil, at(-1)); !errors.Is(err, view.ErrNotYet) {
		t.Errorf("before the declaration: %v", err)
	}
}

func TestRedactionsApplyToThePast(t *testing.T) {
	s := declared().
		then("bob", incident.NoteAdded{Text: "canary"}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "canary two"}).
		then("bob", incident.EntryRedacted{Entry: 1}).
		then("bob", incident.EntryRedacted{Entry: 2}).
		then("bob", incident.EntryRedacted{Entry: 3})
	for minute := range s {
		for name, v := range map[string]*view.View{"known": knownAt(t, s, at(minute)), "happened": happenedAt(t, s, at(minute))} {
			if v.Incident.Title != "" || v.Incident.Summary != "" {
				t.Errorf("%s at %d: title %q", name, minute, v.Incident.Title)
			}
			for _, e := range v.Entries {
				if !e.Curation && (e.Text != "" || e.Original != "" || !e.Redacted) {
					t.Errorf("%s at %d: entry %+v", name, minute, e)
				}
			}
		}
	}
	v, err := view.KnownAt(declared().then("bob", incident.NoteAdded{Text: "canary"}), []uint64{2}, at(9))
	if err != nil || v.Entry(2).Text != "" {
		t.Errorf("redaction from elsewhere: %v, %q", err, v.Entry(2).Text)
	}
}

func TestHappenedAtTakesTheValueOfTheInterval(t *testing.T) {
	s := declared().
		then("ada", incident.StatusChanged{From: incident.StatusInvestigating, To: incident.StatusIdentified}).
		then("ada", incident.RoleAssigned{Role: incident.Commander, Person: "ada"}).
		then("ada", incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: "api", Status: incident.MajorOutage}}}).
		then("ada", incident.Resolved{From: incident.StatusIdentified})
	v := happenedAt(t, s, at(2))
	if v.Incident.Status != incident.StatusIdentified || v.Incident.Holder(incident.Commander) != "ada" ||
		len(v.Incident.Impact) != 0 || !v.Incident.ResolvedAt.IsZero() || len(v.Entries) != 3 {
		t.Errorf("got %+v", v.Incident)
	}
	if v.Incident.Revision != 5 {
		t.Errorf("revision %d: the answer is what is known today", v.Incident.Revision)
	}
}

func TestLaterCorrectionOfAnEarlierTimeWins(t *testing.T) {
	s := declared().
		late("ada", incident.SeverityChanged{From: incident.SEV2, To: incident.SEV3}, at(20)).
		late("ada", incident.SeverityChanged{From: incident.SEV3, To: incident.SEV1}, at(10))
	for minute, want := range map[int]incident.Severity{5: incident.SEV2, 10: incident.SEV1, 30: incident.SEV1} {
		if got := happenedAt(t, s, at(minute)).Incident.Severity; got != want {
			t.Errorf("at %d: %v, want %v", minute, got, want)
		}
	}
}

func TestResolvedBeforeDeclaredIsNeverDerived(t *testing.T) {
	s := declared().late("ada", incident.Resolved{From: incident.StatusInvestigating}, at(-10))
	if v := happenedAt(t, s, at(5)); v.Incident.Status != incident.StatusResolved || !v.Incident.ResolvedAt.Equal(at(-10)) {
		t.Errorf("got %+v", v.Incident)
	}
}

func TestWhatHappenedBeforeTheDeclaration(t *testing.T) {
	s := declared().
		late("bob", incident.NoteAdded{Text: "deploy 812"}, at(-30)).
		then("ada", incident.EntryEdited{Entry: 1, Text: "Checkout down after deploy 812"}).
		then("ada", incident.EntryPinned{Entry: 2, Pinned: true}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "deploy 813"})
	v := happenedAt(t, s, at(-20))
	i := v.Incident
	if i.Number != 41 || i.Status != incident.StatusUnknown || !i.DeclaredAt.IsZero() || i.Title != "Checkout returns 502" {
		t.Errorf("got %+v", i)
	}
	if len(v.Entries) != 1 || v.Entry(2).Text != "deploy 813" || !v.Entry(2).Pinned || v.Entry(1) != nil {
		t.Errorf("entries %+v", v.Entries)
	}
	if got := happenedAt(t, s, at(1)).Incident.Title; got != "Checkout returns 502" {
		t.Errorf("title before it was corrected: %q", got)
	}
	if got := happenedAt(t, s, at(2)).Incident.Title; got != "Checkout down after deploy 812" {
		t.Errorf("title once it was corrected: %q", got)
	}
	if _, err := view.HappenedAt(s, nil, at(-31)); !errors.Is(err, view.ErrNotYet) {
		t.Errorf("before anything: %v", err)
	}
}

func TestTravelStopsWhereFoldingDoes(t *testing.T) {
	s := declared().then("ada", incident.Unrecognized{Name: "x", Critical: true})
	if v, err := view.HappenedAt(s, nil, at(9)); !errors.Is(err, view.ErrUnknown) || len(v.Entries) != 1 {
		t.Errorf("happened: %v", err)
	}
	if v, err := view.KnownAt(s, nil, at(9)); !errors.Is(err, view.ErrUnknown) || len(v.Entries) != 1 {
		t.Errorf("known: %v", err)
	}
}

func TestCuratesAgreesWithTheFold(t *testing.T) {
	s := declared().
		then("ada", incident.Acknowledged{}).then("ada", incident.SeverityChanged{}).then("ada", incident.StatusChanged{}).
		then("ada", incident.Mitigated{}).then("ada", incident.Resolved{}).then("ada", incident.Reopened{}).
		then("ada", incident.Closed{}).then("ada", incident.Cancelled{}).then("ada", incident.Merged{}).
		then("ada", incident.RoleAssigned{}).then("ada", incident.RoleHandedOver{}).then("ada", incident.RoleReleased{}).
		then("ada", incident.UpdatePosted{}).then("ada", incident.NoteAdded{}).then("ada", incident.ImpactChanged{}).
		then("ada", incident.PublicUpdatePublished{}).then("ada", incident.PublicUpdateRetracted{}).
		then("ada", incident.EntryEdited{}).then("ada", incident.EntryPinned{}).then("ada", incident.EntryHidden{}).
		then("ada", incident.EntryRedacted{}).then("ada", incident.AlertLinked{}).
		then("ada", incident.TaskAdded{}).then("ada", incident.TaskAssigned{}).then("ada", incident.TaskEnded{}).
		then("ada", incident.FollowUpAdded{}).then("ada", incident.FollowUpRevised{}).then("ada", incident.FollowUpEnded{})
	for _, e := range incidenttest.Samples() {
		s = s.then("ada", e)
	}
	seen := map[string]bool{}
	v := fold(t, s)
	for i, r := range s {
		seen[r.Event.Type()] = true
		if view.Curates(r.Event) != v.Entries[i].Curation {
			t.Errorf("%s: the fold and the journey disagree", r.Event.Type())
		}
	}
	for _, name := range incident.Types() {
		if !seen[name] {
			t.Errorf("%s is not tried here", name)
		}
	}
}
