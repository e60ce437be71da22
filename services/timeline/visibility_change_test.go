package timeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// An incident that becomes private is gone for others from then on: for every read,
// for the past, and for watches that go on or begin again before it.
func TestAnIncidentBecomesPrivate(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	begin := n.watch(t, "eve", &timelinev1.WatchRequest{}).last
	id := w.Declare(incident.Declare{Title: "Breach of xylophone", Severity: incident.SEV1}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "xylophone"}, logtest.Act{})
	open := w.problem("Slow")
	at := w.settle()
	before := n.watch(t, "eve", &timelinev1.WatchRequest{})
	sees := func(who string) []bool {
		t.Helper()
		_, get := n.GetIncident(as(t, who), &timelinev1.GetIncidentRequest{Incident: "1", Position: at})
		_, past := n.ListEntries(as(t, who), &timelinev1.ListEntriesRequest{
			Incident: "1", Position: at, At: &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(time.Now().Add(time.Hour))}},
		})
		list, err := n.ListIncidents(as(t, who), &timelinev1.ListIncidentsRequest{Position: at})
		if err != nil {
			t.Fatal(err)
		}
		found, err := n.SearchEntries(as(t, who), &timelinev1.SearchEntriesRequest{Query: "xylophone", Position: at})
		if err != nil {
			t.Fatal(err)
		}
		return []bool{get == nil, past == nil, len(list.GetIncidents()) == 2, len(found.GetEntries()) > 0}
	}
	all, none := []bool{true, true, true, true}, []bool{false, false, false, false}
	if got := sees("eve"); !slices.Equal(got, all) {
		t.Errorf("while it is public eve sees %v", got)
	}
	w.Do(id, incident.ChangeVisibility{Private: true}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "canary"}, logtest.Act{})
	w.Do(open, incident.AddNote{Text: "goes on"}, logtest.Act{})
	at = w.settle()
	if got := sees("eve"); !slices.Equal(got, none) {
		t.Errorf("a stranger sees %v", got)
	}
	if got := sees("ada"); !slices.Equal(got, all) {
		t.Errorf("who declared it sees %v", got)
	}
	if got, want := before.events(1), []string{"INC-2/2 Note"}; !slices.Equal(got, want) {
		t.Errorf("a watch shows %q, want %q", got, want)
	}
	// A watch that begins again before it became private does not show that either.
	before.stop()
	again := n.watch(t, "eve", &timelinev1.WatchRequest{Position: begin})
	if got, want := again.events(2), []string{"INC-2/1 Declared SEV-2", "INC-2/2 Note"}; !slices.Equal(got, want) {
		t.Errorf("a watch from the beginning shows %q, want %q", got, want)
	}

	w.Do(id, incident.AddMember{Person: "eve"}, logtest.Act{})
	at = w.settle()
	if got := sees("eve"); !slices.Equal(got, all) {
		t.Errorf("a new member sees %v", got)
	}
	w.Do(id, incident.RemoveMember{Person: "eve"}, logtest.Act{})
	at = w.settle()
	if got := sees("eve"); !slices.Equal(got, none) {
		t.Errorf("a member that was removed sees %v", got)
	}
	w.Do(id, incident.ChangeVisibility{}, logtest.Act{})
	at = w.settle()
	if got := sees("eve"); !slices.Equal(got, all) {
		t.Errorf("public again, eve sees %v", got)
	}
}
