package logtest

import (
	"math/rand/v2"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// workCommands are commands about work and what comes after it that may or may not
// be possible.
func workCommands(r *rand.Rand) []incident.Command {
	number := 1 + r.Uint64N(3)
	outcome := incident.Outcome(1 + r.IntN(2))
	due := []time.Time{{}, time.Now().Add(time.Hour)}[r.IntN(2)]
	tracker := []string{"", "https://tracker.example/1"}[r.IntN(2)]
	return []incident.Command{
		incident.AddTask{Text: words(r), Owner: someone(r), Due: due},
		incident.AssignTask{Task: number, Owner: someone(r), Due: due},
		incident.EndTask{Task: number, Outcome: outcome, Note: words(r)},
		incident.AddFollowUp{Text: words(r), Type: incident.FollowUpDetect, Priority: incident.PriorityLow, Due: due, Tracker: tracker},
		incident.ReviseFollowUp{FollowUp: number, Owner: someone(r), Tracker: tracker},
		incident.EndFollowUp{FollowUp: number, Outcome: outcome, Note: words(r)},
		incident.StartChecklist{Checklist: "c", Title: words(r), Items: []incident.ChecklistItem{{Item: "i", Text: words(r)}, {Item: "j", Text: words(r)}}},
		incident.TickChecklistItem{Checklist: "c", Item: []string{"i", "j"}[r.IntN(2)], Ticked: r.IntN(2) == 0, Note: []string{"", words(r)}[r.IntN(2)]},
		incident.ConfirmStability{Note: words(r)},
		incident.AddDebrief{Text: words(r)},
		incident.AssignPostmortem{Owner: someone(r)},
		incident.ChangePostmortemState{To: incident.PostmortemState(1 + r.IntN(4))},
		incident.ChangeVisibility{Private: r.IntN(2) == 0, Reason: words(r)},
		incident.AddMember{Person: someone(r)},
		incident.RemoveMember{Person: someone(r)},
		incident.ScheduleReview{
			Category: []string{"change", "capacity"}[r.IntN(2)], Earlier: []incident.ID{"inc-7"}, Window: time.Hour, Due: time.Now().Add(time.Hour),
		},
	}
}
