package incident_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// Pasts in which the incident has ended, and the events that did it.
func resolvedPast() []act {
	return declared(incident.Resolved{From: incident.StatusInvestigating})
}

func closedPast() []act {
	return declared(incident.Resolved{From: incident.StatusInvestigating}, incident.Closed{})
}

func cancelledPast() []act {
	return declared(incident.Cancelled{From: incident.StatusInvestigating, Reason: "probe"})
}

func mergedPast() []act { return declared(incident.Merged{Into: "inc-7"}) }

func TestAcknowledge(t *testing.T) {
	run(t, []scenario{
		{name: "first", given: declared(), who: bob, when: incident.Acknowledge{}, then: []incident.Event{incident.Acknowledged{}}},
		{
			name: "with a reason", given: declared(), who: bob, when: incident.Acknowledge{Reason: "I look at the pool."},
			then: []incident.Event{incident.Acknowledged{Reason: "I look at the pool."}},
		},
		{name: "again", given: declared(incident.Acknowledged{}), when: incident.Acknowledge{}, nothing: true},
		{
			name: "again with a reason", given: declared(incident.Acknowledged{}), when: incident.Acknowledge{Reason: "Still me."},
			refused: incident.AlreadyDone, reason: "already_acknowledged",
		},
		{
			name: "by another", given: declared(incident.Acknowledged{}), who: bob, when: incident.Acknowledge{},
			then: []incident.Event{incident.Acknowledged{}},
		},
		{
			name: "after the end", given: resolvedPast(), when: incident.Acknowledge{},
			refused: incident.WrongState, reason: "already_resolved",
		},
		{
			name: "undeclared", when: incident.Acknowledge{},
			refused: incident.NotFound, reason: "no_such_incident", field: "incident",
		},
	})
}

func TestChangeSeverity(t *testing.T) {
	up := incident.ChangeSeverity{To: incident.SEV1, Reason: "all customers"}
	changed := []incident.Event{incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1, Reason: "all customers"}}
	run(t, []scenario{
		{name: "up", given: declared(), when: up, then: changed},
		{name: "in the review", given: closedPast(), when: up, then: changed},
		{name: "same", given: declared(), when: incident.ChangeSeverity{To: incident.SEV2}, nothing: true},
		{name: "under another's command", given: commanded(), when: up, refused: incident.Denied, reason: "not_commander"},
		{name: "by a manager", given: commanded(), when: up, who: cy, authority: incident.Manager, then: changed},
		bad("to unknown", "severity", "unknown_severity", incident.ChangeSeverity{}),
		bad("out of range", "severity", "unknown_severity", incident.ChangeSeverity{To: 4}),
		bad("long reason", "reason", "too_long", incident.ChangeSeverity{To: 1, Reason: strings.Repeat("a", incident.MaxReason+1)}),
	})
}

func TestChangeStatus(t *testing.T) {
	open := []incident.Status{
		incident.StatusTriage, incident.StatusInvestigating, incident.StatusIdentified, incident.StatusMonitoring,
	}
	for _, from := range open {
		for _, to := range open {
			start := declaredEvent()
			start.Status = from
			sc := scenario{name: from.String() + " to " + to.String(), given: by(ann, start), when: incident.ChangeStatus{To: to}}
			if sc.nothing = from == to; !sc.nothing {
				sc.then = []incident.Event{incident.StatusChanged{From: from, To: to}}
			}
			run(t, []scenario{sc})
		}
	}
	on := incident.ChangeStatus{To: incident.StatusMonitoring}
	run(t, []scenario{
		{name: "resolved", given: resolvedPast(), when: on, refused: incident.WrongState, reason: "already_resolved"},
		{name: "closed", given: closedPast(), when: on, refused: incident.WrongState, reason: "already_closed"},
		{name: "cancelled", given: cancelledPast(), when: on, refused: incident.WrongState, reason: "already_cancelled"},
		{name: "merged", given: mergedPast(), when: on, refused: incident.WrongState, reason: "merged"},
		{name: "under another's command", given: commanded(), when: on, refused: incident.Denied, reason: "not_commander"},
		bad("to an end", "status", "not_an_open_status", incident.ChangeStatus{To: incident.StatusResolved}),
	})
}

func TestMitigate(t *testing.T) {
	helped := incident.Mitigate{Summary: "rolled back"}
	mitigated := incident.Mitigated{Summary: "rolled back"}
	back := incident.StatusChanged{From: incident.StatusMonitoring, To: incident.StatusInvestigating}
	run(t, []scenario{
		{name: "open", given: declared(), when: helped, then: []incident.Event{mitigated}},
		{name: "again", given: declared(mitigated), when: helped, refused: incident.AlreadyDone, reason: "already_mitigated"},
		{
			name: "again after it got worse", when: helped, then: []incident.Event{mitigated},
			given: declared(incident.StatusChanged{To: incident.StatusMonitoring}, mitigated, back),
		},
		{
			name: "again after it was reopened", when: helped, then: []incident.Event{mitigated},
			given: declared(mitigated, incident.Resolved{}, incident.Reopened{}),
		},
		{name: "after the end", given: resolvedPast(), when: helped, refused: incident.WrongState, reason: "already_resolved"},
	})
}

func TestEndAndReopen(t *testing.T) {
	at := incident.StatusInvestigating
	run(t, []scenario{
		{name: "resolve", given: declared(), when: incident.Resolve{Summary: "s"}, then: []incident.Event{incident.Resolved{From: at, Summary: "s"}}},
		{name: "resolve twice", given: resolvedPast(), when: incident.Resolve{}, refused: incident.AlreadyDone, reason: "already_resolved"},
		{name: "resolve closed", given: closedPast(), when: incident.Resolve{}, refused: incident.WrongState, reason: "already_closed"},
		{name: "resolve cancelled", given: cancelledPast(), when: incident.Resolve{}, refused: incident.WrongState, reason: "already_cancelled"},
		{name: "close", given: resolvedPast(), when: incident.Close{Reason: "r"}, then: []incident.Event{incident.Closed{Reason: "r"}}},
		{name: "close cancelled", given: cancelledPast(), when: incident.Close{}, then: []incident.Event{incident.Closed{}}},
		{name: "close open", given: declared(), when: incident.Close{}, refused: incident.WrongState, reason: "not_resolved"},
		{name: "close twice", given: closedPast(), when: incident.Close{}, refused: incident.AlreadyDone, reason: "already_closed"},
		{name: "cancel", given: declared(), when: incident.Cancel{Reason: "probe"}, then: []incident.Event{incident.Cancelled{From: at, Reason: "probe"}}},
		{
			name: "cancel resolved", given: resolvedPast(), when: incident.Cancel{Reason: "probe"},
			then: []incident.Event{incident.Cancelled{From: incident.StatusResolved, Reason: "probe"}},
		},
		{name: "cancel twice", given: cancelledPast(), when: incident.Cancel{Reason: "r"}, refused: incident.AlreadyDone, reason: "already_cancelled"},
		{name: "cancel closed", given: closedPast(), when: incident.Cancel{Reason: "r"}, refused: incident.WrongState, reason: "already_closed"},
		bad("cancel without a reason", "reason", "required", incident.Cancel{Reason: " "}),
		{name: "reopen resolved", given: resolvedPast(), when: incident.Reopen{}, then: []incident.Event{incident.Reopened{From: incident.StatusResolved}}},
		{name: "reopen closed", given: closedPast(), when: incident.Reopen{}, then: []incident.Event{incident.Reopened{From: incident.StatusClosed}}},
		{name: "reopen cancelled", given: cancelledPast(), when: incident.Reopen{}, then: []incident.Event{incident.Reopened{From: incident.StatusCancelled}}},
		{name: "reopen open", given: declared(), when: incident.Reopen{}, refused: incident.AlreadyDone, reason: "already_open"},
	})
	for _, cmd := range []incident.Command{
		incident.Resolve{}, incident.Close{}, incident.Cancel{Reason: "r"}, incident.Reopen{}, incident.Mitigate{},
	} {
		run(t, []scenario{{name: cmd.Name() + " under another's command", given: commanded(), when: cmd, refused: incident.Denied, reason: "not_commander"}})
	}
}

func TestResolveAutomatically(t *testing.T) {
	triage := incident.Declared{Number: 1, Title: "HighErrorRate", Status: incident.StatusTriage, Origin: incident.OriginAlert, AlertID: "a-1"}
	auto := incident.Resolve{Automatic: true}
	untouched := past(by(bot, triage), by(bot, incident.AlertLinked{AlertID: "a-2"}))
	run(t, []scenario{
		{
			name: "untouched", given: untouched, who: bot, when: auto,
			then: []incident.Event{incident.Resolved{From: incident.StatusTriage, Automatic: true}},
		},
		{
			name: "acknowledged", given: past(untouched, by(bob, incident.Acknowledged{})), who: bot, when: auto,
			refused: incident.WrongState, reason: "touched",
		},
		{
			name: "with a note", given: past(untouched, by(bob, incident.NoteAdded{Text: "x"})), who: bot, when: auto,
			refused: incident.WrongState, reason: "touched",
		},
		{name: "declared by a person", given: declared(), when: auto, refused: incident.WrongState, reason: "confirmed"},
		{
			name: "under command", given: past(untouched, by(bob, incident.RoleAssigned{Role: incident.Commander, Person: bob})),
			who: bot, when: auto, refused: incident.WrongState, reason: "touched",
		},
	})
}

func TestMerge(t *testing.T) {
	into := incident.Merge{Into: "inc-7", Reason: "same", TargetExists: true}
	run(t, []scenario{
		{name: "open", given: declared(), when: into, then: []incident.Event{incident.Merged{Into: "inc-7", Reason: "same"}}},
		{name: "same again", given: mergedPast(), when: into, nothing: true},
		{name: "elsewhere", given: mergedPast(), when: incident.Merge{Into: "inc-8", TargetExists: true}, refused: incident.WrongState, reason: "merged"},
		bad("into itself", "into", "itself", incident.Merge{Into: "inc-41", TargetExists: true}),
		bad("into no id", "into", "not_an_id", incident.Merge{Into: "inc 7"}),
		{name: "into nothing", given: declared(), when: incident.Merge{Into: "inc-7"}, refused: incident.NotFound, reason: "no_such_incident", field: "into"},
		{
			name: "into a merged one", given: declared(), refused: incident.WrongState, reason: "target_merged",
			when: incident.Merge{Into: "inc-7", TargetExists: true, TargetMergedInto: "inc-9"},
		},
		{
			name: "in a circle", given: declared(), refused: incident.WrongState, reason: "merge_loop",
			when: incident.Merge{Into: "inc-7", TargetExists: true, TargetMergedInto: "inc-41"},
		},
		{name: "under another's command", given: commanded(), when: into, refused: incident.Denied, reason: "not_commander"},
	})
}

// A merged incident takes only what concerns its own log, and says where to go.
func TestMergedTakesOnlyCuration(t *testing.T) {
	allowed := map[string]bool{
		"add_note": true, "edit_entry": true, "pin_entry": true, "hide_entry": true, "redact_entry": true,
		"end_task": true, "revise_follow_up": true, "end_follow_up": true, "record_command": true,
		"unrelate_incident": true, "record_clock": true,
	}
	state := fold(past(declared(incident.TaskAdded{Task: 1}, incident.FollowUpAdded{FollowUp: 1}), by(ann, incident.Merged{Into: "inc-7"})))
	for _, cmd := range oneOfEach() {
		if cmd.Name() == "declare" {
			continue
		}
		_, err := incident.Decide(state, cmd, incident.Context{Actor: ann, Authority: incident.Admin, Now: incidenttest.Start()})
		r, _ := errors.AsType[*incident.Rejection](err)
		merged := r != nil && r.Kind == incident.WrongState && r.Incident == "inc-7" && strings.Contains(r.Message, "inc-7")
		if merged == allowed[cmd.Name()] {
			t.Errorf("%s: %v", cmd.Name(), err)
		}
	}
}

// oneOfEach returns every command, valid in itself.
func oneOfEach() []incident.Command {
	return []incident.Command{
		incident.Declare{Number: 1, Title: "t"},
		incident.Acknowledge{},
		incident.ChangeSeverity{To: incident.SEV1},
		incident.ChangeStatus{To: incident.StatusIdentified},
		incident.Mitigate{},
		incident.Resolve{},
		incident.Reopen{},
		incident.Close{},
		incident.Cancel{Reason: "r"},
		incident.Merge{Into: "inc-9", TargetExists: true},
		incident.AssignRole{Role: incident.Scribe, Person: cy},
		incident.HandOverRole{Role: incident.Commander, To: cy},
		incident.ReleaseRole{Role: incident.Commander},
		incident.PostUpdate{Text: "u"},
		incident.AddNote{Text: "n"},
		incident.SetImpact{Components: []incident.ComponentImpact{{Component: "api", Status: incident.MajorOutage}}},
		incident.PublishUpdate{UpdateID: "u-9", Status: incident.StatusInvestigating, Message: "m", Title: "p"},
		incident.RetractUpdate{UpdateID: "u-1"},
		incident.EditEntry{Entry: 1, Text: "t"},
		incident.PinEntry{Entry: 1, Pinned: true},
		incident.HideEntry{Entry: 1, Hidden: true},
		incident.RedactEntry{Entry: 1, ReasonCode: "secret"},
		incident.LinkAlert{AlertID: "a-9"},
		incident.AddTask{Text: "t"},
		incident.AssignTask{Task: 1, Owner: cy},
		incident.EndTask{Task: 1, Outcome: incident.Done},
		incident.AddFollowUp{Text: "f"},
		incident.ReviseFollowUp{FollowUp: 1, Owner: cy},
		incident.EndFollowUp{FollowUp: 1, Outcome: incident.Done},
		incident.StartChecklist{Checklist: "c", Items: []incident.ChecklistItem{{Item: "i", Text: "t"}}},
		incident.TickChecklistItem{Checklist: "c", Item: "i", Ticked: true},
		incident.ConfirmStability{},
		incident.AddDebrief{Text: "d"},
		incident.AssignPostmortem{Owner: cy},
		incident.ChangePostmortemState{To: incident.PostmortemInReview},
		incident.ChangeVisibility{Private: true},
		incident.AddMember{Person: "p-dee"},
		incident.RemoveMember{Person: ann},
		incident.ScheduleReview{Category: "c", Earlier: []incident.ID{"inc-9"}, Window: time.Hour, Due: incidenttest.Start()},

		// Investigation.
		incident.AddHypothesis{Text: "h"},
		incident.TestHypothesis{Hypothesis: 1, Text: "t"},
		incident.ConfirmHypothesis{Hypothesis: 1, Reason: "r"},
		incident.EliminateHypothesis{Hypothesis: 1, Reason: "r"},
		incident.ReopenHypothesis{Hypothesis: 1, Reason: "r"},
		incident.Assess{Trend: incident.TrendWorse},
		incident.MakeDecision{Choice: incident.Rollback},
		incident.StartImpact{},
		incident.EndImpact{},
		incident.SetBlastRadius{Text: "b"},
		incident.ChangeCategory{To: "c"},
		incident.RelateIncident{Other: "inc-9", Relation: incident.RelatedTo, OtherExists: true},
		incident.UnrelateIncident{Other: "inc-9", OtherExists: true},

		incident.RecordClock{
			Run: incident.ClockRun{Clock: "acknowledge", Start: 1}, Threshold: incident.ThresholdBreached, Due: incidenttest.Start(),
		},
		incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalAware},
		incident.RecordCommand{Command: "date"},
		recordCheck(),
	}
}
