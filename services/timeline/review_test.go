package timeline_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// A review names the earlier incidents to those who may see them now, is tracked as a
// follow-up and stands in the list of clocks, also when the incident is closed.
func TestAReviewIsShown(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	first := w.Declare(incident.Declare{Title: "first", Severity: incident.SEV3, Category: "capacity"}, logtest.Act{})
	hidden := w.Declare(incident.Declare{Title: "hidden", Severity: incident.SEV3, Category: "capacity"}, logtest.Act{})
	id := w.Declare(incident.Declare{Title: "again", Severity: incident.SEV3, Category: "capacity"}, logtest.Act{})
	due := time.Now().Add(14 * 24 * time.Hour).Truncate(time.Microsecond)
	w.Do(id, incident.ScheduleReview{Category: "capacity", Earlier: []incident.ID{hidden, first}, Window: 90 * 24 * time.Hour, Due: due}, logtest.Act{Actor: "notifier"})
	w.Do(hidden, incident.ChangeVisibility{Private: true}, logtest.Act{})
	w.Do(id, incident.Resolve{}, logtest.Act{})
	w.Do(id, incident.Close{}, logtest.Act{})
	read := func(who string) *timelinev1.Incident {
		t.Helper()
		return must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, who), &timelinev1.GetIncidentRequest{Incident: "3", Position: w.settle()})).GetIncident()
	}
	for who, want := range map[string]int{"eve": 1, "ada": 2} {
		reviews := read(who).GetReviews()
		if len(reviews) != 1 || len(reviews[0].GetEarlier()) != want {
			t.Fatalf("%s sees %v, want %d earlier incidents", who, reviews, want)
		}
		r := reviews[0]
		if last := r.GetEarlier()[want-1]; last.GetName() != "INC-1" || r.GetFollowUp() != "F1" || r.GetCategory() != "capacity" || !r.GetDueTime().AsTime().Equal(due) {
			t.Errorf("%s sees %v", who, r)
		}
	}
	if f := read("eve").GetFollowUps(); len(f) != 1 || f[0].GetName() != "F1" || f[0].GetText() == "" {
		t.Errorf("follow-ups %v", f)
	}
	clocks := must[*timelinev1.ListClocksResponse](t)(n.ListClocks(as(t, "eve"), &timelinev1.ListClocksRequest{Position: w.settle()}))
	found := ""
	for _, in := range clocks.GetIncidents() {
		if in.GetIncident().GetName() == "INC-3" {
			found = states(in.GetClocks())
		}
	}
	if found != "follow_up/F1 running" {
		t.Errorf("the list of clocks shows %q", found)
	}
}
