package incidenttest

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// workSamples are those of work and aftermath.
func workSamples() []incident.Event {
	return []incident.Event{
		incident.TaskAdded{Task: 1, Text: "Drain the *old* pool.", Owner: "p-cy", Due: Start().Add(20 * time.Minute)},
		incident.TaskAssigned{Task: 1, Owner: "p-ann", Previous: "p-cy", Due: Start().Add(30 * time.Minute)},
		incident.TaskEnded{Task: 1, Outcome: incident.Done, Note: "Drained at 03:24."},
		incident.FollowUpAdded{
			FollowUp: 1, Text: "Alert on pool size.", Owner: "p-cy", Purpose: incident.FollowUpDetect, Priority: incident.PriorityHigh,
			Due: Start().Add(14 * 24 * time.Hour), Tracker: "https://tracker.example/OPS-7",
		},
		incident.FollowUpRevised{
			FollowUp: 1, Owner: "p-ann", Purpose: incident.FollowUpPrevent, Priority: incident.PriorityLow,
			Due: Start().Add(21 * 24 * time.Hour), Linked: true, Tracker: "https://tracker.example/OPS-8",
		},
		incident.FollowUpEnded{FollowUp: 1, Outcome: incident.Dropped, Note: "The pool is gone."},
		incident.ChecklistStarted{
			Checklist: "first-minutes", Revision: 3, Title: "The first *five* minutes",
			Items: []incident.ChecklistItem{{Item: "own", Text: "Somebody owns it"}, {Item: "scribe", Text: "Somebody writes"}},
		},
		incident.ChecklistItemTicked{Checklist: "first-minutes", Item: "own", Ticked: true, Note: "Ann does."},
		incident.StabilityConfirmed{Note: "Error rate below 0.1 % for 20 minutes."},
		incident.DebriefAdded{Text: "The pool was *too small*."},
		incident.PostmortemAssigned{Owner: "p-ann", Previous: "p-cy"},
		incident.PostmortemStateChanged{From: incident.PostmortemDraft, To: incident.PostmortemInReview},
		incident.VisibilityChanged{Private: true, Reason: "A customer is named."},
		incident.MemberAdded{Person: "p-cy"},
		incident.MemberRemoved{Person: "p-cy"},
		incident.ReviewScheduled{
			FollowUp: 2, Category: "capacity", Earlier: []incident.ID{"inc-8", "inc-7"}, Window: 90 * 24 * time.Hour,
			Due: Start().Add(14 * 24 * time.Hour),
		},
	}
}
