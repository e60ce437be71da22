package incident_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// aftermath is what can be asked of a state about work and what comes after.
type aftermath struct {
	Reviewed          bool
	Tasks, FollowUps  []incident.Item
	Checklists        []incident.Checklist
	Stable, Debriefed bool
	Postmortem        incident.PostmortemState
	PostmortemOwner   incident.PersonID
}

func aftermathOf(s incident.State) aftermath {
	return aftermath{
		Reviewed: s.ReviewScheduled("b"), Tasks: s.Tasks(), FollowUps: s.FollowUps(), Checklists: s.Checklists(), Stable: s.Stable, Debriefed: s.Debriefed,
		Postmortem: s.Postmortem, PostmortemOwner: s.PostmortemOwner,
	}
}

// workCommands draws commands about work and aftermath.
func workCommands(t *rapid.T) []incident.Command {
	number := rapid.Uint64Range(0, 4).Draw(t, "item")
	person := rapid.SampledFrom([]incident.PersonID{"", ann, bob}).Draw(t, "owner")
	outcome := incident.Outcome(rapid.Uint8Range(0, 3).Draw(t, "outcome"))
	note := rapid.SampledFrom([]string{"", "n"}).Draw(t, "note")
	due := rapid.SampledFrom([]time.Time{{}, incidenttest.Start().Add(time.Hour)}).Draw(t, "due")
	kind := incident.FollowUpType(rapid.Uint8Range(0, 5).Draw(t, "type"))
	priority := incident.Priority(rapid.Uint8Range(0, 4).Draw(t, "priority"))
	tracker := rapid.SampledFrom([]string{"", "https://t.example/1", "no link"}).Draw(t, "tracker")
	return []incident.Command{
		incident.AddTask{Text: "t" + note, Owner: person, Due: due},
		incident.AssignTask{Task: number, Owner: person, Due: due},
		incident.EndTask{Task: number, Outcome: outcome, Note: note},
		incident.AddFollowUp{Text: "f" + note, Owner: person, Type: kind, Priority: priority, Due: due, Tracker: tracker},
		incident.ReviseFollowUp{FollowUp: number, Owner: person, Type: kind, Priority: priority, Due: due, Tracker: tracker},
		incident.EndFollowUp{FollowUp: number, Outcome: outcome, Note: note},
		incident.StartChecklist{Checklist: "c", Title: note, Items: []incident.ChecklistItem{{Item: "i", Text: "t"}, {Item: "j", Text: "t"}}},
		incident.TickChecklistItem{Checklist: "c", Item: rapid.SampledFrom([]string{"i", "j", "k"}).Draw(t, "line"), Ticked: outcome > 1, Note: note},
		incident.ConfirmStability{Note: note},
		incident.AddDebrief{Text: "d" + note},
		incident.AssignPostmortem{Owner: person},
		incident.ChangePostmortemState{To: incident.PostmortemState(priority)},
		incident.ChangeVisibility{Private: outcome > 1, Reason: note},
		incident.AddMember{Person: person},
		incident.RemoveMember{Person: person},
		incident.ScheduleReview{
			Category: rapid.SampledFrom([]string{"b", "c"}).Draw(t, "category"), Earlier: []incident.ID{"inc-7"}, Window: time.Hour, Due: due,
		},
	}
}

func TestTasks(t *testing.T) {
	due := incidenttest.Start().Add(time.Hour)
	first := incident.TaskAdded{Task: 1, Text: "drain", Owner: cy, Due: due}
	done := incident.TaskEnded{Task: 1, Outcome: incident.Done}
	end := incident.EndTask{Task: 1, Outcome: incident.Done}
	run(t, []scenario{
		{
			name: "the first", given: commanded(), who: cy, when: incident.AddTask{Text: "drain", Owner: cy, Due: due},
			then: []incident.Event{first},
		},
		{
			name: "the next", given: commanded(first), who: cy, when: incident.AddTask{Text: "look"},
			then: []incident.Event{incident.TaskAdded{Task: 2, Text: "look"}},
		},
		{name: "after the end for customers", given: resolvedPast(), when: incident.AddTask{Text: "x"}, then: []incident.Event{incident.TaskAdded{Task: 1, Text: "x"}}},
		{name: "after the end", given: closedPast(), when: incident.AddTask{Text: "x"}, refused: incident.WrongState, reason: "already_closed"},
		{
			name: "another owner", given: commanded(first), when: incident.AssignTask{Task: 1, Owner: ann},
			then: []incident.Event{incident.TaskAssigned{Task: 1, Owner: ann, Previous: cy, Due: due}},
		},
		{
			name: "more time", given: commanded(first), when: incident.AssignTask{Task: 1, Due: due.Add(time.Minute)},
			then: []incident.Event{incident.TaskAssigned{Task: 1, Owner: cy, Previous: cy, Due: due.Add(time.Minute)}},
		},
		{name: "the same owner", given: commanded(first), when: incident.AssignTask{Task: 1, Owner: cy}, nothing: true},
		{name: "an owner of what is done", given: commanded(first, done), when: incident.AssignTask{Task: 1, Owner: ann}, refused: incident.AlreadyDone, reason: "already_done"},
		{name: "done", given: commanded(first), when: end, then: []incident.Event{done}},
		{name: "done twice", given: commanded(first, done), when: end, nothing: true},
		{
			name: "done twice with a note", given: commanded(first, done), when: incident.EndTask{Task: 1, Outcome: incident.Done, Note: "n"},
			refused: incident.AlreadyDone, reason: "already_done",
		},
		{
			name: "dropped after it was done", given: commanded(first, done), when: incident.EndTask{Task: 1, Outcome: incident.Dropped},
			refused: incident.AlreadyDone, reason: "already_done",
		},
		{name: "done after the merge", given: past(declared(first), by(ann, incident.Merged{Into: "inc-7"})), when: end, then: []incident.Event{done}},
		{name: "added after the merge", given: mergedPast(), when: incident.AddTask{Text: "x"}, refused: incident.WrongState, reason: "merged"},
		{name: "no such task", given: commanded(first), when: incident.EndTask{Task: 2, Outcome: incident.Done}, refused: incident.NotFound, reason: "no_such_task", field: "task"},
		{name: "no task at all", given: commanded(), when: incident.AssignTask{Task: 1, Owner: ann}, refused: incident.NotFound, reason: "no_such_task", field: "task"},
		bad("no text", "text", "required", incident.AddTask{Text: " "}),
		bad("long text", "text", "too_long", incident.AddTask{Text: strings.Repeat("x", incident.MaxItem+1)}),
		bad("owner", "owner", "not_a_name", incident.AddTask{Text: "x", Owner: " cy"}),
		bad("due", "due", "out_of_range", incident.AddTask{Text: "x", Due: time.Date(1066, 1, 1, 0, 0, 0, 0, time.UTC)}),
		bad("no outcome", "outcome", "unknown_outcome", incident.EndTask{Task: 1}),
		bad("assigned nothing", "owner", "required", incident.AssignTask{Task: 1}),
	})
}

func TestFollowUps(t *testing.T) {
	due := incidenttest.Start().Add(100 * time.Hour)
	add := incident.AddFollowUp{Text: "alert", Owner: cy, Type: incident.FollowUpDetect, Priority: incident.PriorityHigh, Due: due, Tracker: "https://t.example/7"}
	added := incident.FollowUpAdded{
		FollowUp: 1, Text: "alert", Owner: cy, Purpose: incident.FollowUpDetect, Priority: incident.PriorityHigh, Due: due, Tracker: "https://t.example/7",
	}
	revised := incident.FollowUpRevised{FollowUp: 1, Owner: cy, Purpose: incident.FollowUpDetect, Priority: incident.PriorityHigh, Due: due}
	low, linked := revised, revised
	low.Priority = incident.PriorityLow
	linked.Linked, linked.Tracker = true, "https://t.example/8"
	dropped := incident.FollowUpEnded{FollowUp: 1, Outcome: incident.Dropped, Note: "n"}
	run(t, []scenario{
		{name: "while it is open", given: commanded(), who: cy, when: add, then: []incident.Event{added}},
		{name: "after the end", given: closedPast(), when: add, then: []incident.Event{added}},
		{name: "of a false alarm", given: cancelledPast(), when: add, then: []incident.Event{added}},
		{name: "after the merge", given: mergedPast(), when: add, refused: incident.WrongState, reason: "merged"},
		{name: "another priority", given: declared(added), when: incident.ReviseFollowUp{FollowUp: 1, Priority: incident.PriorityLow}, then: []incident.Event{low}},
		{name: "a link", given: declared(added), when: incident.ReviseFollowUp{FollowUp: 1, Tracker: "https://t.example/8"}, then: []incident.Event{linked}},
		{name: "the same", given: declared(added), when: incident.ReviseFollowUp{FollowUp: 1, Type: incident.FollowUpDetect, Due: due}, nothing: true},
		{name: "revised after it was dropped", given: declared(added, dropped), when: incident.ReviseFollowUp{FollowUp: 1, Owner: ann}, refused: incident.AlreadyDone, reason: "already_dropped"},
		{
			name: "dropped", given: past(declared(added), by(ann, incident.Resolved{}, incident.Closed{})), when: incident.EndFollowUp{FollowUp: 1, Outcome: incident.Dropped, Note: "n"},
			then: []incident.Event{dropped},
		},
		{name: "dropped twice", given: declared(added, dropped), when: incident.EndFollowUp{FollowUp: 1, Outcome: incident.Dropped}, nothing: true},
		{name: "done after it was dropped", given: declared(added, dropped), when: incident.EndFollowUp{FollowUp: 1, Outcome: incident.Done}, refused: incident.AlreadyDone, reason: "already_dropped"},
		{name: "no such", given: declared(added), when: incident.EndFollowUp{FollowUp: 9, Outcome: incident.Done}, refused: incident.NotFound, reason: "no_such_follow_up", field: "follow_up"},
		bad("no text", "text", "required", incident.AddFollowUp{}),
		bad("type", "type", "unknown_type", incident.AddFollowUp{Text: "x", Type: 9}),
		bad("priority", "priority", "unknown_priority", incident.AddFollowUp{Text: "x", Priority: 9}),
		bad("a link that runs", "tracker", "not_a_link", incident.AddFollowUp{Text: "x", Tracker: "javascript:alert(1)"}),
		bad("nothing to change", "follow_up", "nothing_to_change", incident.ReviseFollowUp{FollowUp: 1}),
	})
}

func TestItemsAreBounded(t *testing.T) {
	var events []incident.Event
	for n := range uint64(1000) {
		events = append(events, incident.TaskAdded{Task: n + 1, Text: "t"}, incident.FollowUpAdded{FollowUp: n + 1, Text: "f"})
	}
	run(t, []scenario{
		{name: "tasks", given: declared(events...), when: incident.AddTask{Text: "x"}, refused: incident.WrongState, reason: "too_many_tasks"},
		{name: "follow-ups", given: declared(events...), when: incident.AddFollowUp{Text: "x"}, refused: incident.WrongState, reason: "too_many_follow_ups"},
	})
}

func TestWorkTerms(t *testing.T) {
	if got, err := incident.ParseFollowUpType("Prevent"); err != nil || got != incident.FollowUpPrevent {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := incident.ParsePriority("HIGH"); err != nil || got != incident.PriorityHigh {
		t.Errorf("%v, %v", got, err)
	}
	for _, err := range []error{second(incident.ParseFollowUpType("unknown")), second(incident.ParsePriority("p1"))} {
		if incident.KindOf(err) != incident.InvalidArgument {
			t.Errorf("%v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
