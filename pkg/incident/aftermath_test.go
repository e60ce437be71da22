package incident_test

import (
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestChecklists(t *testing.T) {
	lines := []incident.ChecklistItem{{Item: "own", Text: "Somebody owns it"}, {Item: "scribe", Text: "Somebody writes"}}
	start := incident.StartChecklist{Checklist: "first-minutes", Revision: 3, Title: "First", Items: lines}
	started := incident.ChecklistStarted(start)
	tick := incident.TickChecklistItem{Checklist: "first-minutes", Item: "own", Ticked: true, Note: "n"}
	ticked := incident.ChecklistItemTicked(tick)
	untick := incident.TickChecklistItem{Checklist: "first-minutes", Item: "own"}
	run(t, []scenario{
		{name: "start", given: commanded(), who: cy, when: start, then: []incident.Event{started}},
		{name: "start again, though the playbook has changed", given: commanded(started), when: incident.StartChecklist{Checklist: "first-minutes", Revision: 4, Items: lines}, nothing: true},
		{name: "start after the end", given: closedPast(), when: start, refused: incident.WrongState, reason: "already_closed"},
		{name: "tick", given: commanded(started), who: cy, when: tick, then: []incident.Event{ticked}},
		{name: "tick twice", given: commanded(started, ticked), when: incident.TickChecklistItem{Checklist: "first-minutes", Item: "own", Ticked: true}, nothing: true},
		{name: "tick twice with a note", given: commanded(started, ticked), when: tick, refused: incident.AlreadyDone, reason: "already_so"},
		{name: "untick", given: commanded(started, ticked), when: untick, then: []incident.Event{incident.ChecklistItemTicked(untick)}},
		{name: "untick what is not ticked", given: commanded(started), when: untick, nothing: true},
		{name: "tick what was not started", given: commanded(), when: tick, refused: incident.NotFound, reason: "no_such_checklist", field: "checklist"},
		{
			name: "no such line", given: commanded(started), when: incident.TickChecklistItem{Checklist: "first-minutes", Item: "x"},
			refused: incident.NotFound, reason: "no_such_item", field: "item",
		},
		bad("no lines", "items", "wrong_number", incident.StartChecklist{Checklist: "c"}),
		bad("a line twice", "items", "twice", incident.StartChecklist{Checklist: "c", Items: []incident.ChecklistItem{lines[0], lines[0]}}),
		bad("a line without text", "items", "required", incident.StartChecklist{Checklist: "c", Items: []incident.ChecklistItem{{Item: "i"}}}),
		bad("no name", "checklist", "required", incident.StartChecklist{Items: lines}),
	})
	list, ok := fold(commanded(started, ticked)).Checklist("first-minutes")
	if !ok || !list.Items[0].Ticked || list.Items[0].By != bob || list.Items[1].Ticked || list.Revision != 3 {
		t.Errorf("got %+v", list)
	}
}

func TestStabilityAndDebrief(t *testing.T) {
	confirm := incident.ConfirmStability{Note: "20 minutes"}
	confirmed := incident.StabilityConfirmed(confirm)
	back := incident.StatusChanged{From: incident.StatusMonitoring, To: incident.StatusInvestigating}
	debrief := incident.AddDebrief{Text: "the pool"}
	run(t, []scenario{
		{name: "mitigated", given: commanded(incident.Mitigated{}), who: cy, when: confirm, then: []incident.Event{confirmed}},
		{name: "resolved", given: resolvedPast(), when: confirm, then: []incident.Event{confirmed}},
		{name: "closed", given: closedPast(), when: confirm, then: []incident.Event{confirmed}},
		{name: "not yet", given: declared(), when: confirm, refused: incident.WrongState, reason: "not_mitigated"},
		{name: "a false alarm", given: cancelledPast(), when: confirm, refused: incident.WrongState, reason: "already_cancelled"},
		{name: "twice", given: declared(incident.Mitigated{}, confirmed), when: confirm, refused: incident.AlreadyDone, reason: "already_stable"},
		{
			name: "again after it got worse", given: declared(incident.StatusChanged{To: incident.StatusMonitoring}, confirmed, back, incident.Mitigated{}),
			when: confirm, then: []incident.Event{confirmed},
		},
		{
			name: "again after it was reopened", given: declared(incident.Resolved{}, confirmed, incident.Reopened{}, incident.Resolved{}),
			when: confirm, then: []incident.Event{confirmed},
		},
		{name: "debrief", given: resolvedPast(), who: cy, when: debrief, then: []incident.Event{incident.DebriefAdded(debrief)}},
		{name: "debrief of a false alarm", given: cancelledPast(), when: debrief, then: []incident.Event{incident.DebriefAdded(debrief)}},
		{name: "debrief too early", given: declared(), when: debrief, refused: incident.WrongState, reason: "not_over"},
		bad("empty debrief", "text", "required", incident.AddDebrief{Text: " "}),
	})
}

func TestPostmortem(t *testing.T) {
	over := func(more ...incident.Event) []act {
		return past(commanded(incident.Resolved{}), by(bob, more...))
	}
	assigned := incident.PostmortemAssigned{Owner: cy}
	to := func(s incident.PostmortemState) incident.ChangePostmortemState {
		return incident.ChangePostmortemState{To: s}
	}
	moved := func(from, to incident.PostmortemState) incident.Event {
		return incident.PostmortemStateChanged{From: from, To: to}
	}
	const draft, review, published, closed = incident.PostmortemDraft, incident.PostmortemInReview, incident.PostmortemPublished, incident.PostmortemClosed
	run(t, []scenario{
		{name: "assign", given: over(), who: bob, when: incident.AssignPostmortem{Owner: cy}, then: []incident.Event{assigned}},
		{name: "assign again", given: over(assigned), who: bob, when: incident.AssignPostmortem{Owner: cy}, nothing: true},
		{name: "assign another", given: over(assigned), who: bob, when: incident.AssignPostmortem{Owner: ann}, then: []incident.Event{incident.PostmortemAssigned{Owner: ann, Previous: cy}}},
		{name: "assign by another", given: over(), who: cy, when: incident.AssignPostmortem{Owner: cy}, refused: incident.Denied, reason: "not_commander"},
		{name: "assign too early", given: declared(), when: incident.AssignPostmortem{Owner: cy}, refused: incident.WrongState, reason: "not_resolved"},
		{
			name: "assign for a false alarm that was closed", given: past(cancelledPast(), by(ann, incident.Closed{})),
			when: incident.AssignPostmortem{Owner: cy}, refused: incident.WrongState, reason: "cancelled",
		},
		{name: "assign for a false alarm", given: cancelledPast(), when: incident.AssignPostmortem{Owner: cy}, refused: incident.WrongState, reason: "cancelled"},
		{name: "assign what is closed", given: over(assigned, moved(draft, closed)), who: bob, when: incident.AssignPostmortem{Owner: ann}, refused: incident.WrongState, reason: "postmortem_closed"},
		{name: "review by the owner", given: over(assigned), who: cy, when: to(review), then: []incident.Event{moved(draft, review)}},
		{name: "review by the commander", given: over(assigned), who: bob, when: to(review), then: []incident.Event{moved(draft, review)}},
		{name: "review by another", given: over(assigned), who: ann, when: to(review), refused: incident.Denied, reason: "not_postmortem_owner"},
		{name: "back for more work", given: over(assigned, moved(draft, review)), who: cy, when: to(draft), then: []incident.Event{moved(review, draft)}},
		{name: "publish", given: over(assigned, moved(draft, review)), who: cy, when: to(published), then: []incident.Event{moved(review, published)}},
		{name: "publish a draft", given: over(assigned), who: cy, when: to(published), refused: incident.WrongState, reason: "wrong_transition"},
		{name: "close", given: over(assigned, moved(review, published)), who: cy, when: to(closed), then: []incident.Event{moved(published, closed)}},
		{name: "open what is closed", given: over(assigned, moved(published, closed)), who: cy, when: to(review), refused: incident.WrongState, reason: "wrong_transition"},
		{name: "the same", given: over(assigned), who: cy, when: to(draft), nothing: true},
		{name: "without an owner", given: over(), who: bob, when: to(draft), refused: incident.WrongState, reason: "no_postmortem_owner"},
		{name: "after it was reopened", given: over(assigned, incident.Reopened{}), who: cy, when: to(review), refused: incident.WrongState, reason: "not_resolved"},
		bad("no owner", "owner", "required", incident.AssignPostmortem{}),
		bad("no state", "state", "unknown_state", to(0)),
		bad("state of a later version", "state", "unknown_state", to(9)),
	})
	if got, err := incident.ParsePostmortemState("In Review"); err != nil || got != review {
		t.Errorf("%v, %v", got, err)
	}
}

func TestChangeVisibility(t *testing.T) {
	hide, show := incident.ChangeVisibility{Private: true, Reason: "r"}, incident.ChangeVisibility{}
	hidden := incident.VisibilityChanged{Private: true, Reason: "r"}
	run(t, []scenario{
		{name: "by the commander", given: commanded(), who: bob, when: hide, then: []incident.Event{hidden}},
		{name: "by the declarer who leads", given: declared(), when: hide, then: []incident.Event{hidden}},
		{name: "by a manager", given: commanded(), who: cy, authority: incident.Manager, when: hide, then: []incident.Event{hidden}},
		{name: "by another", given: commanded(), who: cy, when: hide, refused: incident.Denied, reason: "not_commander"},
		{
			name: "while nobody leads", given: commanded(incident.RoleReleased{Role: incident.Commander, Person: bob}), who: cy, when: hide,
			refused: incident.Denied, reason: "nobody_leads",
		},
		{name: "twice", given: commanded(hidden), who: bob, when: hide, nothing: true},
		{name: "off", given: commanded(hidden), who: bob, when: show, then: []incident.Event{incident.VisibilityChanged{}}},
		{name: "off by somebody who does not see it", given: commanded(hidden), who: cy, authority: incident.Manager, when: show, refused: incident.NotFound, reason: "no_such_incident", field: "incident"},
		{name: "after the end", given: closedPast(), when: hide, then: []incident.Event{hidden}},
	})
	s := fold(past(commanded(), by(cy, hidden)))
	if !s.Private || !incident.CanSee(s, cy, incident.Responder) || incident.CanSee(s, "p-dee", incident.Manager) {
		t.Errorf("whoever hid it must see it, others must not: members %v", s.Members())
	}
	if s := fold(past(commanded(hidden), by(bob, incident.VisibilityChanged{}))); !incident.CanSee(s, cy, incident.Viewer) {
		t.Error("it is visible again and not seen")
	}
}

func TestAddAndRemoveMembers(t *testing.T) {
	hidden := incident.VisibilityChanged{Private: true}
	add := incident.AddMember{Person: cy}
	added := incident.MemberAdded(add)
	remove := incident.RemoveMember{Person: cy}
	run(t, []scenario{
		{name: "add", given: commanded(hidden), who: bob, when: add, then: []incident.Event{added}},
		{name: "add before it is private", given: commanded(), who: bob, when: add, then: []incident.Event{added}},
		{name: "add by another", given: commanded(), who: cy, when: add, refused: incident.Denied, reason: "not_commander"},
		{name: "add twice", given: commanded(added), who: bob, when: add, nothing: true},
		{name: "remove", given: commanded(hidden, added), who: bob, when: remove, then: []incident.Event{incident.MemberRemoved(remove)}},
		{name: "leave", given: commanded(hidden, added), who: cy, when: remove, then: []incident.Event{incident.MemberRemoved(remove)}},
		{name: "remove by another member", given: commanded(hidden, added), who: cy, when: incident.RemoveMember{Person: ann}, refused: incident.Denied, reason: "not_commander"},
		{name: "remove who is none", given: commanded(hidden), who: bob, when: remove, nothing: true},
		{name: "remove the commander", given: commanded(hidden), who: bob, when: incident.RemoveMember{Person: bob}, refused: incident.WrongState, reason: "holds_role"},
		{name: "remove the declarer who leads", given: declared(hidden), when: incident.RemoveMember{Person: ann}, refused: incident.WrongState, reason: "holds_role"},
		{name: "remove the declarer", given: commanded(hidden), who: bob, when: incident.RemoveMember{Person: ann}, then: []incident.Event{incident.MemberRemoved{Person: ann}}},
		bad("nobody", "person", "required", incident.AddMember{}),
		bad("nobody removed", "person", "required", incident.RemoveMember{}),
	})
	s := fold(commanded(hidden, added))
	if got := s.Members(); !slices.Equal(got, []incident.PersonID{ann, bob, cy}) {
		t.Errorf("members %v", got)
	}
	h := incidenttest.New("inc-41")
	h.State = s
	h.Record(bob, h.Now, incident.MemberRemoved{Person: ann})
	if incident.CanSee(h.State, ann, incident.Manager) || !slices.Contains(s.Members(), ann) {
		t.Error("who was removed still sees it, or was removed from a state that somebody else holds")
	}
}
