package clock_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// told is an event and how many minutes after the beginning it happened.
type told struct {
	minute int
	event  incident.Event
}

// minute is a time after the beginning.
func minute(n int) time.Time { return incidenttest.Start().Add(time.Duration(n) * time.Minute) }

// factsOf folds events, each written down when all before were.
func factsOf(events ...told) clock.Facts {
	h := incidenttest.New("inc-1")
	var c clock.History
	for _, e := range events {
		h.Record("ada", minute(e.minute), e.event)
	}
	for _, r := range h.Events {
		c.Apply(r)
	}
	return c.Facts()
}

func moment(n int, revision uint64) clock.Moment {
	return clock.Moment{At: minute(n), Revision: revision}
}

func declared(s incident.Severity) incident.Declared {
	return incident.Declared{Number: 1, Title: "t", Severity: s, Status: incident.StatusInvestigating, Origin: incident.OriginPerson}
}

func TestHistoryTellsWhatHappened(t *testing.T) {
	got := factsOf(
		told{0, declared(incident.SEV2)},
		told{5, incident.Acknowledged{}},
		told{3, incident.Acknowledged{}}, // said later, and earlier
		told{6, incident.RoleAssigned{Role: incident.Scribe, Person: "bob"}},
		told{7, incident.RoleAssigned{Role: incident.Commander, Person: "ada"}},
		told{8, incident.RoleHandedOver{Role: incident.Scribe, From: "bob", To: "cy"}},
		told{10, incident.UpdatePosted{Text: "a"}},
		told{9, incident.UpdatePosted{Text: "told late"}},
		told{11, incident.NoteAdded{Text: "tells nobody"}},
		told{12, incident.PublicUpdatePublished{UpdateID: "u1", NextUpdate: minute(40)}},
		told{20, incident.PublicUpdatePublished{UpdateID: "u2", NextUpdate: minute(60)}},
		told{21, incident.PublicUpdateRetracted{UpdateID: "u2"}},
		told{22, incident.RoleReleased{Role: incident.Commander, Person: "ada"}},
	)
	want := clock.Facts{
		Declared:     moment(0, 1),
		Phases:       []clock.Phase{{From: moment(0, 1), Severity: incident.SEV2, Status: incident.StatusInvestigating}},
		Acknowledged: moment(3, 3), InternalUpdate: moment(10, 7),
		FirstExternal: moment(12, 10), ExternalUpdate: moment(12, 10), Promise: clock.Promise{Made: moment(12, 10), Due: minute(40)},
		Roles: []clock.Held{{Role: incident.Scribe, Since: moment(8, 6)}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestHistoryPutsPhasesOnTheClockByWhichTheyHappened(t *testing.T) {
	got := factsOf(
		told{0, declared(incident.SEV3)},
		told{10, incident.StatusChanged{To: incident.StatusIdentified}},
		told{5, incident.SeverityChanged{To: incident.SEV1}}, // written down later
		told{10, incident.SeverityChanged{To: incident.SEV2}},
		told{-3, incident.SeverityChanged{To: incident.SEV1}}, // before it was declared
	).Phases
	want := []clock.Phase{
		{From: moment(0, 1), Severity: incident.SEV1, Status: incident.StatusInvestigating},
		{From: moment(10, 2), Severity: incident.SEV1, Status: incident.StatusIdentified},
	}
	if len(got) != len(want) || got[0] != want[0] || got[1].Severity != want[1].Severity || got[1].Status != want[1].Status {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestHistoryOfAnEnd(t *testing.T) {
	over := []told{{0, declared(incident.SEV1)}, {30, incident.Resolved{}}}
	if got := factsOf(over...); got.Resolved != moment(30, 2) || len(got.Phases) != 2 {
		t.Errorf("resolved: %+v", got)
	}
	if got := factsOf(append(over, told{40, incident.Closed{}})...); got.Resolved != moment(30, 2) || got.Closed != moment(40, 3) || !got.Ended.Never() {
		t.Errorf("closed: %+v", got)
	}
	if got := factsOf(append(over, told{40, incident.Reopened{}})...); !got.Resolved.Never() {
		t.Errorf("reopened: %+v", got)
	}
	if got := factsOf(append(over, told{40, incident.Closed{}}, told{50, incident.Reopened{}})...); !got.Closed.Never() {
		t.Errorf("reopened after it was closed: %+v", got)
	}
	cancelled := []told{{0, declared(incident.SEV1)}, {3, incident.Cancelled{}}}
	if got := factsOf(cancelled...); got.Ended != moment(3, 2) || got.EndedWhy != "cancelled" {
		t.Errorf("cancelled: %+v", got)
	}
	if got := factsOf(append(cancelled, told{4, incident.Reopened{}})...); !got.Ended.Never() || got.EndedWhy != "" {
		t.Errorf("reopened: %+v", got)
	}
	if got := factsOf(told{0, declared(incident.SEV1)}, told{4, incident.Merged{Into: "inc-2"}}); got.Ended != moment(4, 2) {
		t.Errorf("merged: %+v", got)
	}
}

func TestNobodyIsAskedAboutPlannedWorkAndImports(t *testing.T) {
	maintenance, imported := declared(incident.SEV1), declared(incident.SEV1)
	maintenance.Kind, imported.Origin = incident.Maintenance, incident.OriginImport
	for name, e := range map[string]incident.Event{"maintenance": maintenance, "import": imported} {
		if got := factsOf(told{0, e}, told{1, incident.UpdatePosted{}}); !reflect.DeepEqual(got, clock.Facts{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := factsOf(told{0, incident.NoteAdded{Text: "before the declaration"}}); !reflect.DeepEqual(got, clock.Facts{}) {
		t.Errorf("undeclared: %+v", got)
	}
}

// Whatever happens in whatever order, facts are in order and are stored as they are.
func TestHistoryIsTotal(t *testing.T) {
	samples := append(incidenttest.Samples(), incident.Unrecognized{Name: "x.y"}, declared(incident.SEV1), nil)
	rapid.Check(t, func(t *rapid.T) {
		var h clock.History
		revision := uint64(0)
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			revision++
			h.Apply(incident.Recorded{
				Event: rapid.SampledFrom(samples).Draw(t, "event"),
				Meta:  incident.Meta{Revision: revision, OccurredAt: minute(rapid.IntRange(0, 90).Draw(t, "minute"))},
			})
		}
		f := h.Facts()
		for i, phase := range f.Phases {
			if i > 0 && !phase.From.At.After(f.Phases[i-1].From.At) {
				t.Fatalf("phases %+v", f.Phases)
			}
		}
		if len(f.Phases) > 0 && !f.Phases[0].From.At.Equal(f.Declared.At) {
			t.Fatalf("the first phase begins at %v, declared %v", f.Phases[0].From.At, f.Declared.At)
		}
		clock.Due(f, policies(t, ""), minute(100))
	})
}
