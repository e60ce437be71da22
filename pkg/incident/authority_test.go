package incident_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestWhoLeads(t *testing.T) {
	alert := incident.Declared{Number: 1, Title: "t", Status: incident.StatusTriage, Origin: incident.OriginAlert}
	released := commanded(incident.RoleReleased{Role: incident.Commander, Person: bob})
	tests := []struct {
		name   string
		given  []act
		leader incident.PersonID
		leads  map[incident.PersonID]bool // as responders
	}{
		{"declared by a person", declared(), ann, map[incident.PersonID]bool{ann: true, bob: false}},
		{"commanded", commanded(), bob, map[incident.PersonID]bool{ann: false, bob: true}},
		{"command released", released, "", map[incident.PersonID]bool{ann: true, bob: true, cy: true}},
		{"declared by an alert", by(bot, alert), "", map[incident.PersonID]bool{bot: true, cy: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := fold(tt.given)
			if s.Leader() != tt.leader {
				t.Errorf("leader %q, want %q", s.Leader(), tt.leader)
			}
			for who, want := range tt.leads {
				if got := incident.Leads(s, who, incident.Responder); got != want {
					t.Errorf("%s leads: %v, want %v", who, got, want)
				}
				if incident.Leads(s, who, incident.Viewer) || !incident.Leads(s, who, incident.Manager) {
					t.Errorf("%s: viewers never lead, managers always do", who)
				}
			}
		})
	}
}

func TestWhoSees(t *testing.T) {
	private := declaredEvent()
	private.Private = true
	s := fold(past(by(ann, private), by(ann, incident.RoleAssigned{Role: incident.Scribe, Person: bob})))
	tests := []struct {
		who  incident.PersonID
		a    incident.Authority
		want bool
	}{
		{ann, incident.Responder, true},
		{bob, incident.Viewer, true},
		{cy, incident.Responder, false},
		{cy, incident.Manager, false},
		{cy, incident.Admin, true},
		{ann, incident.Nobody, false},
		{"", incident.Manager, false},
	}
	for _, tt := range tests {
		if got := incident.CanSee(s, tt.who, tt.a); got != tt.want {
			t.Errorf("private: %s as %v sees: %v, want %v", tt.who, tt.a, got, tt.want)
		}
		if got := incident.CanSee(fold(declared()), tt.who, tt.a); got != (tt.a >= incident.Viewer) {
			t.Errorf("open: %s as %v sees: %v", tt.who, tt.a, got)
		}
		if incident.CanSee(incident.State{}, tt.who, tt.a) {
			t.Error("somebody sees an incident that was not declared")
		}
	}
}

// A hidden incident answers every command exactly as one that does not exist.
func TestHiddenIsNotFound(t *testing.T) {
	private := declaredEvent()
	private.Private = true
	hidden := fold(by(ann, private))
	for _, cmd := range oneOfEach() {
		if cmd.Name() == "declare" {
			continue
		}
		for _, a := range []incident.Authority{incident.Viewer, incident.Responder, incident.Manager} {
			c := incident.Context{Actor: cy, Authority: a, Now: incidenttest.Start()}
			_, err := incident.Decide(hidden, cmd, c)
			_, absent := incident.Decide(incident.State{}, cmd, c)
			if incident.KindOf(err) != incident.NotFound || err.Error() != absent.Error() {
				t.Errorf("%s by a %v: %v; of an absent one: %v", cmd.Name(), a, err, absent)
			}
		}
	}
}

func TestNobodyAndViewersWriteNothing(t *testing.T) {
	for _, cmd := range oneOfEach() {
		s := fold(declared())
		if cmd.Name() == "declare" {
			s = incident.State{}
		}
		for _, c := range []incident.Context{{Actor: ann}, {Authority: incident.Admin}, {Actor: ann, Authority: incident.Viewer}} {
			c.Now = incidenttest.Start()
			if events, err := incident.Decide(s, cmd, c); incident.KindOf(err) != incident.Denied || events != nil {
				t.Errorf("%s by %q as %v: %v, %v", cmd.Name(), c.Actor, c.Authority, events, err)
			}
		}
	}
}

// What responders may do while somebody else leads.
func TestRightsOfResponders(t *testing.T) {
	free := map[string]bool{
		"acknowledge": true, "assign_role": true, "post_update": true, "add_note": true, "link_alert": true,
		"add_task": true, "assign_task": true, "end_task": true, "add_follow_up": true, "revise_follow_up": true, "end_follow_up": true,
		"start_checklist": true, "tick_checklist_item": true, "confirm_stability": true, "add_debrief": true,
		"add_hypothesis": true, "test_hypothesis": true, "confirm_hypothesis": true, "eliminate_hypothesis": true,
		"reopen_hypothesis": true, "assess": true, "set_blast_radius": true,
		"change_category": true, "relate_incident": true, "unrelate_incident": true, "schedule_review": true,
		"record_clock": true, "record_legal_event": true, "record_command": true, "record_check": true,
	}
	s := fold(commanded(incident.PublicUpdatePublished{UpdateID: "u-1", Status: incident.StatusInvestigating, Message: "m"}))
	for _, cmd := range oneOfEach() {
		if cmd.Name() == "declare" {
			continue
		}
		_, err := incident.Decide(s, cmd, incident.Context{Actor: cy, Authority: incident.Responder, Now: incidenttest.Start()})
		if denied := incident.KindOf(err) == incident.Denied; denied == free[cmd.Name()] {
			t.Errorf("%s: %v", cmd.Name(), err)
		}
	}
}

func TestLaterVersionsFreezeDecisions(t *testing.T) {
	s := fold(declared(incident.Unrecognized{Name: "incident.handed_to_robot", Critical: true}))
	_, err := incident.Decide(s, incident.AddNote{Text: "x"}, incident.Context{Actor: ann, Authority: incident.Admin, Now: incidenttest.Start()})
	if incident.KindOf(err) != incident.WrongState {
		t.Errorf("after an unknown critical event: %v", err)
	}
	s = fold(declared(incident.Unrecognized{Name: "incident.applauded"}))
	if s.Frozen || s.Revision != 2 {
		t.Errorf("after an ignorable event: frozen %v, revision %d", s.Frozen, s.Revision)
	}
}
