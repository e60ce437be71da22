package view_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// workCommand draws a command about work and what comes after it.
func workCommand(t *rapid.T, words string) incident.Command {
	number := rapid.Uint64Range(1, 3).Draw(t, "item")
	owner := rapid.SampledFrom([]incident.PersonID{"", "ada", "bob"}).Draw(t, "owner")
	due := rapid.SampledFrom([]time.Time{{}, at(90)}).Draw(t, "due")
	outcome := incident.Outcome(rapid.IntRange(1, 2).Draw(t, "outcome"))
	tracker := rapid.SampledFrom([]string{"", "https://t.example/1", "https://t.example/2"}).Draw(t, "tracker")
	return rapid.SampledFrom([]incident.Command{
		incident.AddTask{Text: words, Owner: owner, Due: due},
		incident.AssignTask{Task: number, Owner: owner, Due: due},
		incident.EndTask{Task: number, Outcome: outcome, Note: words},
		incident.AddFollowUp{Text: words, Owner: owner, Type: incident.FollowUpDetect, Due: due, Tracker: tracker},
		incident.ReviseFollowUp{FollowUp: number, Owner: owner, Priority: incident.PriorityHigh, Tracker: tracker},
		incident.EndFollowUp{FollowUp: number, Outcome: outcome, Note: words},
		incident.StartChecklist{Checklist: "c", Title: words, Items: []incident.ChecklistItem{{Item: "i", Text: words}, {Item: "j", Text: "t"}}},
		incident.TickChecklistItem{Checklist: "c", Item: "i", Ticked: number == 1, Note: tracker},
		incident.TickChecklistItem{Checklist: "c", Item: "j", Ticked: number == 1},
		incident.ConfirmStability{Note: words},
		incident.AddDebrief{Text: words},
		incident.AssignPostmortem{Owner: owner},
		incident.ChangePostmortemState{To: incident.PostmortemState(number)},
		incident.ChangeVisibility{Private: outcome == incident.Done, Reason: words},
		incident.AddMember{Person: owner},
		incident.RemoveMember{Person: owner},
		incident.ScheduleReview{Category: words, Earlier: []incident.ID{"inc-7"}, Window: time.Hour, Due: at(9)},
	}).Draw(t, "work")
}

// compareWork holds that view and rules know the same of the work.
func compareWork(t *rapid.T, i view.Incident, state incident.State) {
	same := func(v view.Task, s incident.Item) bool {
		return v.Number == s.Number && v.Entry == s.Entry && v.Owner == s.Owner && v.Due.Equal(s.Due) && v.Outcome == s.Outcome && v.EndedAt.Equal(s.EndedAt)
	}
	tasks, followUps := state.Tasks(), state.FollowUps()
	if len(i.Tasks) != len(tasks) || len(i.FollowUps) != len(followUps) {
		t.Fatalf("view has %d tasks and %d follow-ups, state %d and %d", len(i.Tasks), len(i.FollowUps), len(tasks), len(followUps))
	}
	for n, task := range i.Tasks {
		if !same(task, tasks[n]) {
			t.Fatalf("task %+v, state %+v", task, tasks[n])
		}
	}
	leader, _ := i.Leader()
	if leader != state.Leader() || i.StableAt.IsZero() == state.Stable || i.DebriefedAt.IsZero() == state.Debriefed ||
		i.Postmortem.State != state.Postmortem || i.Postmortem.Owner != state.PostmortemOwner {
		t.Fatalf("view %+v, state %+v", i, state)
	}
	lists := state.Checklists()
	if len(i.Checklists) != len(lists) {
		t.Fatalf("view has %d checklists, state %d", len(i.Checklists), len(lists))
	}
	for n, c := range i.Checklists {
		for k, l := range c.Lines {
			if tick := lists[n].Items[k]; l.Item != tick.Item || l.Ticked != tick.Ticked || l.By != tick.By || !l.At.Equal(tick.At) {
				t.Fatalf("line %+v, state %+v", l, tick)
			}
		}
	}
	for n, f := range i.FollowUps {
		if !same(f.Task, followUps[n]) || f.Purpose != followUps[n].Type || f.Priority != followUps[n].Priority {
			t.Fatalf("follow-up %+v, state %+v", f, followUps[n])
		}
	}
}

func TestTasksReadAsTheyWereCorrectedAndRedacted(t *testing.T) {
	s := declared().
		then("ada", incident.TaskAdded{Task: 1, Text: "drane", Owner: "bob", Due: at(30)}).
		then("ada", incident.EntryEdited{Entry: 2, Text: "drain"}).
		then("bob", incident.TaskEnded{Task: 1, Outcome: incident.Done, Note: "drained"})
	v := fold(t, s)
	want := view.Task{Number: 1, Name: "T1", Entry: 2, Text: "drain", Owner: "bob", Due: at(30), AddedAt: at(1), Outcome: incident.Done, EndedAt: at(3)}
	if got := v.Incident.Tasks[0]; got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	known, err := view.KnownAt(s, nil, at(1))
	if err != nil || known.Incident.Tasks[0].Text != "drane" || known.Incident.Tasks[0].Outcome != incident.OutcomeUnknown {
		t.Errorf("as known then: %+v, %v", known.Incident.Tasks, err)
	}
	gone := fold(t, s.then("ada", incident.EntryRedacted{Entry: 2}).then("ada", incident.EntryRedacted{Entry: 3}))
	if got := gone.Incident.Tasks[0]; got.Text != "" || got.Owner != "bob" {
		t.Errorf("redacted: %+v", got)
	}
}

func TestTheLinkOfAFollowUpGoesWithTheEntryThatGaveIt(t *testing.T) {
	s := declared().
		then("ada", incident.FollowUpAdded{FollowUp: 1, Text: "alert", Tracker: "https://a"}).
		then("ada", incident.FollowUpRevised{FollowUp: 1, Owner: "bob", Linked: true, Tracker: "https://b"}).
		then("ada", incident.FollowUpRevised{FollowUp: 1, Owner: "eve"})
	if f := fold(t, s).Incident.FollowUps[0]; f.Tracker != "https://b" || f.Owner != "eve" {
		t.Errorf("got %+v", f)
	}
	if f := fold(t, s.then("ada", incident.EntryRedacted{Entry: 2})).Incident.FollowUps[0]; f.Tracker != "https://b" || f.Text != "" {
		t.Errorf("the first entry redacted: %+v", f)
	}
	if f := fold(t, s.then("ada", incident.EntryRedacted{Entry: 3})).Incident.FollowUps[0]; f.Tracker != "" || f.Text != "alert" {
		t.Errorf("the second entry redacted: %+v", f)
	}
}

func TestChecklistsReadAsTheyWereStarted(t *testing.T) {
	s := declared().
		then("ada", incident.ChecklistStarted{Checklist: "c", Revision: 3, Title: "First", Items: []incident.ChecklistItem{{Item: "own", Text: "Own it"}}}).
		then("bob", incident.ChecklistItemTicked{Checklist: "c", Item: "own", Ticked: true, Note: "bod does"}).
		then("bob", incident.EntryEdited{Entry: 3, Text: "bob does"})
	v := fold(t, s)
	line := v.Incident.Checklists[0].Lines[0]
	if line.Text != "Own it" || !line.Ticked || line.By != "bob" || !line.At.Equal(at(2)) || line.Note != "bob does" {
		t.Errorf("got %+v", line)
	}
	if text := v.Entry(2).Text; text != "First\n- Own it" {
		t.Errorf("entry %q", text)
	}
	gone := fold(t, s.then("ada", incident.EntryRedacted{Entry: 2}).then("ada", incident.EntryRedacted{Entry: 3}).then("ada", incident.EntryRedacted{Entry: 4}))
	if c := gone.Incident.Checklists[0]; c.Title != "" || c.Lines[0].Text != "" || c.Lines[0].Note != "" || !c.Lines[0].Ticked {
		t.Errorf("redacted: %+v", c)
	}
}

func TestTheDeclarerLeadsUntilSomebodyTakesOver(t *testing.T) {
	s := declared()
	check := func(s story, want incident.PersonID, wantDeclarer bool) {
		t.Helper()
		i := fold(t, s).Incident
		if leader, declarer := i.Leader(); leader != want || declarer != wantDeclarer {
			t.Errorf("%q leads, declarer %v", leader, declarer)
		}
	}
	check(s, "ada", true)
	s = s.then("bob", incident.RoleAssigned{Role: incident.Commander, Person: "bob"})
	check(s, "bob", false)
	check(s.then("bob", incident.RoleReleased{Role: incident.Commander, Person: "bob"}), "", false)
}
