package incident_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// For each command, what may land in between unnoticed and what may not.
func TestConflicts(t *testing.T) {
	before := commanded(
		incident.PublicUpdatePublished{UpdateID: "u-1", Status: incident.StatusInvestigating, Message: "m"},
		incident.NoteAdded{Text: "entry 4"},
		incident.TaskAdded{Task: 1, Text: "t"},
		incident.FollowUpAdded{FollowUp: 1, Text: "f"},
		incident.HypothesisAdded{Hypothesis: 1, Text: "h"},
		incident.ChecklistStarted{Checklist: "c", Items: []incident.ChecklistItem{{Item: "i"}, {Item: "j"}}},
	)
	note := incident.NoteAdded{Text: "meanwhile"}
	severity := incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1}
	status := incident.StatusChanged{From: incident.StatusInvestigating, To: incident.StatusIdentified}
	scribe := incident.RoleAssigned{Role: incident.Scribe, Person: ann}
	told := incident.PublicUpdatePublished{UpdateID: "u-2", Message: "m"}
	api := incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: "api", Status: incident.PartialOutage}}}
	edited := incident.EntryEdited{Entry: 4, Text: "x"}
	pinned := incident.EntryPinned{Entry: 4, Pinned: true}
	hidden := incident.EntryHidden{Entry: 4, Hidden: true}
	redacted := incident.EntryRedacted{Entry: 4}
	merged := incident.Merged{Into: "inc-7"}

	task := incident.TaskEnded{Task: 1, Outcome: incident.Done}
	followUp := incident.FollowUpRevised{FollowUp: 1, Owner: ann}

	judged := incident.HypothesisEliminated{Hypothesis: 1, Reason: "r"}

	decided := incident.DecisionMade{Decision: 1, Choice: incident.Rollback}
	started := incident.ImpactStarted{At: incidenttest.Start()}
	hit := incident.BlastRadiusChanged{Text: "b"}

	sorted := incident.CategoryChanged{To: "capacity"}
	related := incident.Related{Other: "inc-7", Relation: incident.RelatedTo}

	tick := incident.ChecklistItemTicked{Checklist: "c", Item: "i", Ticked: true}
	owner := incident.PostmortemAssigned{Owner: cy}
	state := incident.PostmortemStateChanged{From: incident.PostmortemNone, To: incident.PostmortemDraft}
	private := incident.VisibilityChanged{Private: true}
	member := incident.MemberAdded{Person: "p-dee"}
	stable := incident.StabilityConfirmed{}

	all := []incident.Event{sorted, related, judged, decided, started, hit, tick, owner, state, private, member, stable, task, followUp, note, severity, status, incident.Mitigated{}, scribe, told, api, edited, pinned, hidden, redacted, merged}
	impact := func(name string) incident.SetImpact {
		return incident.SetImpact{Components: []incident.ComponentImpact{{Component: name, Status: incident.MajorOutage}}}
	}
	tests := []struct {
		cmd  incident.Command
		with []incident.Event // those of all that conflict
	}{
		{incident.Declare{}, nil},
		{incident.Acknowledge{}, nil},
		{incident.ChangeSeverity{To: incident.SEV3}, []incident.Event{severity, merged}},
		{incident.ChangeStatus{To: incident.StatusMonitoring}, []incident.Event{status, merged}},
		{incident.Mitigate{}, []incident.Event{status, incident.Mitigated{}, merged}},
		{incident.Resolve{}, []incident.Event{status, merged}},
		{incident.Reopen{}, []incident.Event{status, merged}},
		{incident.Close{}, []incident.Event{status, merged}},
		{incident.Cancel{}, []incident.Event{status, merged}},
		{incident.Merge{}, []incident.Event{status, merged}},
		{incident.AssignRole{Role: incident.Scribe}, []incident.Event{scribe}},
		{incident.AssignRole{Role: incident.Commander}, nil},
		{incident.HandOverRole{Role: incident.Scribe}, []incident.Event{scribe}},
		{incident.ReleaseRole{Role: incident.Scribe}, []incident.Event{scribe}},
		{incident.PostUpdate{}, nil},
		{incident.AddNote{}, nil},
		{incident.LinkAlert{}, nil},
		{impact("api"), []incident.Event{api}},
		{impact("web"), nil},
		{incident.PublishUpdate{}, []incident.Event{told}},
		{incident.RetractUpdate{}, []incident.Event{told}},
		{incident.EditEntry{Entry: 4}, []incident.Event{edited, redacted}},
		{incident.EditEntry{Entry: 1}, nil},
		{incident.PinEntry{Entry: 4}, []incident.Event{pinned}},
		{incident.HideEntry{Entry: 4}, []incident.Event{hidden}},
		{incident.RedactEntry{Entry: 4}, nil},
		{incident.AddTask{}, nil},
		{incident.AssignTask{Task: 1}, []incident.Event{task}},
		{incident.EndTask{Task: 1}, []incident.Event{task}},
		{incident.EndTask{Task: 2}, nil},
		{incident.AddFollowUp{}, nil},
		{incident.ReviseFollowUp{FollowUp: 1}, []incident.Event{followUp}},
		{incident.EndFollowUp{FollowUp: 1}, []incident.Event{followUp}},
		{incident.AddHypothesis{}, nil},
		{incident.TestHypothesis{Hypothesis: 1}, nil},
		{incident.ConfirmHypothesis{Hypothesis: 1}, []incident.Event{judged}},
		{incident.ConfirmHypothesis{Hypothesis: 2}, nil},
		{incident.EliminateHypothesis{Hypothesis: 1}, []incident.Event{judged}},
		{incident.ReopenHypothesis{Hypothesis: 1}, []incident.Event{judged}},
		{incident.RecordClock{}, all},
		{incident.RecordLegalEvent{}, nil},
		{incident.RecordCommand{}, nil},
		{incident.RecordCheck{}, nil},
		{incident.Assess{}, nil},
		{incident.MakeDecision{}, []incident.Event{decided}},
		{incident.StartImpact{}, []incident.Event{started}},
		{incident.EndImpact{}, []incident.Event{started}},
		{incident.SetBlastRadius{}, []incident.Event{hit}},
		{incident.ChangeCategory{To: "x"}, []incident.Event{sorted}},
		{incident.RelateIncident{Other: "inc-7"}, []incident.Event{related}},
		{incident.RelateIncident{Other: "inc-8"}, nil},
		{incident.UnrelateIncident{Other: "inc-7"}, []incident.Event{related}},
		{incident.UnrelateIncident{Other: "inc-8"}, nil},
		{incident.ScheduleReview{}, all},
		{incident.StartChecklist{}, nil},
		{incident.TickChecklistItem{Checklist: "c", Item: "i"}, []incident.Event{tick}},
		{incident.TickChecklistItem{Checklist: "c", Item: "j"}, nil},
		{incident.ConfirmStability{}, []incident.Event{stable, status, merged}},
		{incident.AddDebrief{}, nil},
		{incident.AssignPostmortem{}, []incident.Event{owner, state}},
		{incident.ChangePostmortemState{}, []incident.Event{owner, state}},
		{incident.ChangeVisibility{}, []incident.Event{private}},
		{incident.AddMember{Person: "p-dee"}, []incident.Event{member}},
		{incident.RemoveMember{Person: "p-dee"}, []incident.Event{member}},
	}
	named := map[string]bool{}
	for _, tt := range tests {
		named[tt.cmd.Name()] = true
		for _, e := range all {
			want := false
			for _, w := range tt.with {
				want = want || w.Type() == e.Type()
			}
			if got := incident.Conflicts(tt.cmd, fold(before), fold(past(before, by(cy, e)))); got != want {
				t.Errorf("%s conflicts with %s: %v, want %v", tt.cmd.Name(), e.Type(), got, want)
			}
		}
		if incident.Conflicts(tt.cmd, fold(before), fold(before)) {
			t.Errorf("%s conflicts with nothing", tt.cmd.Name())
		}
	}
	for _, cmd := range oneOfEach() {
		if !named[cmd.Name()] {
			t.Errorf("no case for %s", cmd.Name())
		}
	}
}
