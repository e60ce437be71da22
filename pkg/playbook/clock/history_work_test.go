package clock_test

import (
	"reflect"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

func TestHistoryTellsByWhenThingsHaveToBeDone(t *testing.T) {
	got := factsOf(
		told{0, declared(incident.SEV2)},
		told{1, incident.TaskAdded{Task: 1, Text: "drain", Due: minute(20)}},
		told{2, incident.TaskAdded{Task: 2, Text: "look"}},
		told{3, incident.TaskAssigned{Task: 2, Owner: "bob", Due: minute(30)}},
		told{4, incident.TaskEnded{Task: 1, Outcome: incident.Done}},
		told{5, incident.TaskEnded{Task: 1, Outcome: incident.Dropped}},
		told{6, incident.TaskEnded{Task: 9, Outcome: incident.Done}},
		told{7, incident.FollowUpAdded{FollowUp: 1, Text: "alert", Due: minute(900)}},
		told{8, incident.FollowUpRevised{FollowUp: 1, Due: minute(1000)}},
		told{9, incident.FollowUpEnded{FollowUp: 1, Outcome: incident.Dropped}},
	)
	tasks := []clock.Item{
		{ID: "T1", Created: moment(1, 2), Due: minute(20), Done: moment(4, 5)},
		{ID: "T2", Created: moment(2, 3), Due: minute(30)},
	}
	followUps := []clock.Item{{ID: "F1", Created: moment(7, 8), Due: minute(1000), Dropped: moment(9, 10)}}
	if !reflect.DeepEqual(got.Tasks, tasks) || !reflect.DeepEqual(got.FollowUps, followUps) {
		t.Errorf("got  %+v %+v\nwant %+v %+v", got.Tasks, got.FollowUps, tasks, followUps)
	}
}
