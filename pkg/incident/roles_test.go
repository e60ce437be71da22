package incident_test

import (
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func TestAssignRole(t *testing.T) {
	give := func(r incident.Role, p incident.PersonID) incident.AssignRole {
		return incident.AssignRole{Role: r, Person: p}
	}
	gave := func(r incident.Role, p, before incident.PersonID) []incident.Event {
		return []incident.Event{incident.RoleAssigned{Role: r, Person: p, Previous: before}}
	}
	run(t, []scenario{
		{name: "take command", given: declared(), who: bob, when: give(incident.Commander, bob), then: gave(incident.Commander, bob, "")},
		{name: "fill for another", given: commanded(), who: cy, when: give(incident.Scribe, ann), then: gave(incident.Scribe, ann, "")},
		{name: "several roles", given: commanded(), who: bob, when: give(incident.Scribe, bob), then: gave(incident.Scribe, bob, "")},
		{name: "the same", given: commanded(), when: give(incident.Commander, bob), nothing: true},
		{
			name: "away from the holder", given: commanded(), who: cy, when: give(incident.Commander, cy),
			refused: incident.Denied, reason: "role_held",
		},
		{
			name: "by the holder", given: commanded(), who: bob, when: give(incident.Commander, cy),
			then: gave(incident.Commander, cy, bob),
		},
		{
			name: "by a manager", given: commanded(), who: cy, authority: incident.Manager, when: give(incident.Commander, cy),
			then: gave(incident.Commander, cy, bob),
		},
		bad("no role", "role", "unknown_role", give(0, bob)),
		bad("role of a later version", "role", "unknown_role", give(9, bob)),
		bad("no person", "person", "required", give(incident.Scribe, "")),
		bad("space in the id", "person", "not_a_name", give(incident.Scribe, " bob")),
	})
}

func TestHandOverRole(t *testing.T) {
	over := incident.HandOverRole{Role: incident.Commander, To: cy, Summary: "db is fine"}
	event := []incident.Event{incident.RoleHandedOver{Role: incident.Commander, From: bob, To: cy, Summary: "db is fine"}}
	scribe := commanded(incident.RoleAssigned{Role: incident.Scribe, Person: ann})
	run(t, []scenario{
		{name: "by the giver", given: commanded(), who: bob, when: over, then: event},
		{name: "by a manager", given: commanded(), who: ann, authority: incident.Manager, when: over, then: event},
		{
			name: "another's role, by the commander", given: scribe, who: bob, when: incident.HandOverRole{Role: incident.Scribe, To: cy},
			then: []incident.Event{incident.RoleHandedOver{Role: incident.Scribe, From: ann, To: cy}},
		},
		{name: "by the taker", given: commanded(), who: cy, when: over, refused: incident.Denied, reason: "role_held"},
		{
			name: "by the declarer, who leads", given: declared(), who: ann, when: over,
			then: []incident.Event{incident.RoleHandedOver{Role: incident.Commander, From: ann, To: cy, Summary: "db is fine"}},
		},
		{name: "of the declarer, by another", given: declared(), who: cy, when: over, refused: incident.Denied, reason: "role_held"},
		{name: "by the declarer to themselves", given: declared(), who: ann, when: incident.HandOverRole{Role: incident.Commander, To: ann}, refused: incident.WrongState, reason: "role_free"},
		{
			name: "when it was left, so that nobody leads", given: commanded(incident.RoleReleased{Role: incident.Commander, Person: bob}), who: ann, when: over,
			refused: incident.WrongState, reason: "role_free",
		},
		{name: "to the holder", given: commanded(), who: bob, when: incident.HandOverRole{Role: incident.Commander, To: bob}, nothing: true},
		{name: "of a free role", given: declared(), when: incident.HandOverRole{Role: incident.Scribe, To: cy}, refused: incident.WrongState, reason: "role_free"},
		bad("no role", "role", "unknown_role", incident.HandOverRole{To: cy}),
		bad("to nobody", "to", "required", incident.HandOverRole{Role: incident.Commander}),
	})
}

func TestReleaseRole(t *testing.T) {
	release := incident.ReleaseRole{Role: incident.Commander}
	event := []incident.Event{incident.RoleReleased{Role: incident.Commander, Person: bob}}
	run(t, []scenario{
		{name: "by the holder", given: commanded(), who: bob, when: release, then: event},
		{name: "by an admin", given: commanded(), who: cy, authority: incident.Admin, when: release, then: event},
		{name: "by another", given: commanded(), who: cy, when: release, refused: incident.Denied, reason: "role_held"},
		{name: "free already", given: declared(), who: cy, when: release, nothing: true},
		bad("no role", "role", "unknown_role", incident.ReleaseRole{}),
	})
}

func TestMembers(t *testing.T) {
	s := fold(commanded(
		incident.RoleHandedOver{Role: incident.Commander, From: bob, To: cy},
		incident.RoleReleased{Role: incident.Commander, Person: cy},
		incident.NoteAdded{Text: "writing does not make a member"},
	))
	if got, want := s.Members(), []incident.PersonID{ann, bob, cy}; !slices.Equal(got, want) {
		t.Errorf("members %v, want %v", got, want)
	}
	if s.Commander() != "" || s.Holder(99) != "" {
		t.Errorf("commander %q, unknown role %q", s.Commander(), s.Holder(99))
	}
	s.Members()[0] = "someone"
	if s.Members()[0] != ann {
		t.Error("a caller changed the state through Members")
	}
}
