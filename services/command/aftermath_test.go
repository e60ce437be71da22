package command_test

import (
	"slices"
	"strings"
	"testing"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestAChecklistIsOfferedAndTakenUp(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	declared := ada.declare(t, "Checkout returns 502")
	if got := declared.GetChecklists(); !slices.Contains(got, "first-minutes") {
		t.Errorf("offered %v", got)
	}
	start := &incidentv1.StartChecklistRequest{Incident: "INC-1", Checklist: "first-minutes", RequestId: "c"}
	first, err := ada.StartChecklist(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	again, err := n.as("ben").StartChecklist(t.Context(), &incidentv1.StartChecklistRequest{Incident: "INC-1", Checklist: "first-minutes"})
	if err != nil || !again.GetResult().GetUnchanged() || first.GetResult().GetUnchanged() {
		t.Errorf("started twice: %v, %v", again, err)
	}
	tick := &incidentv1.TickChecklistItemRequest{Incident: "INC-1", Checklist: "first-minutes", Item: "own", Ticked: true}
	if _, err := ada.TickChecklistItem(t.Context(), tick); err != nil {
		t.Error(err)
	}
	tick.Item = "nothing"
	_, err = ada.TickChecklistItem(t.Context(), tick)
	refused(t, err, "not_found", "no_such_item")
	_, err = ada.StartChecklist(t.Context(), &incidentv1.StartChecklistRequest{Incident: "INC-1", Checklist: "nothing"})
	if f := refused(t, err, "invalid_argument", "unknown_checklist"); f.Field != "checklist" {
		t.Errorf("got %+v", f)
	}
	role, err := ada.AssignRole(t.Context(), &incidentv1.AssignRoleRequest{Incident: "INC-1", Role: incidentv1.Role_ROLE_COMMANDER, Person: "me"})
	if err != nil || !slices.Contains(role.GetResult().GetChecklists(), "commander") || slices.Contains(role.GetResult().GetChecklists(), "first-minutes") {
		t.Errorf("offered to the commander: %v, %v", role, err)
	}
}

func TestASecondDeclarationIsShownTheFirst(t *testing.T) {
	n := newWorld(t).start()
	ada, ben := n.as("ada"), n.as("ben")
	declare := func(c clients, title string, r *incidentv1.DeclareIncidentRequest) *incidentv1.WriteResult {
		t.Helper()
		r.Title, r.Severity = title, incidentv1.Severity_SEVERITY_SEV2
		got, err := c.DeclareIncident(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return got.GetResult()
	}
	checkout := func() *incidentv1.DeclareIncidentRequest {
		return &incidentv1.DeclareIncidentRequest{Services: []string{"checkout", "cart"}}
	}
	private, drill := checkout(), checkout()
	private.Private, drill.Drill = true, true
	for title, r := range map[string]*incidentv1.DeclareIncidentRequest{"secret": private, "practice": drill} {
		if got := declare(ada, title, r).GetDuplicate(); got != nil && title == "secret" {
			t.Errorf("%s: shown %v", title, got)
		}
	}
	first := declare(ada, "Checkout returns 502", checkout())
	other := declare(ben, "Search is slow", &incidentv1.DeclareIncidentRequest{Services: []string{"search"}})
	second := declare(ben, "Cart is empty", &incidentv1.DeclareIncidentRequest{Services: []string{"cart"}})
	got := second.GetDuplicate()
	if got.GetNumber() != first.GetNumber() || got.GetTitle() != "Checkout returns 502" || !slices.Equal(got.GetServices(), []string{"cart"}) {
		t.Errorf("shown %v, want INC-%d", got, first.GetNumber())
	}
	if other.GetDuplicate() != nil {
		t.Errorf("another service is shown %v", other.GetDuplicate())
	}
	if _, err := ada.ResolveIncident(t.Context(), &incidentv1.ResolveIncidentRequest{Incident: first.GetIncidentId()}); err != nil {
		t.Fatal(err)
	}
	if third := declare(ben, "Checkout again", checkout()); third.GetDuplicate().GetNumber() != second.GetNumber() {
		t.Errorf("when the first is over: shown %v", third.GetDuplicate())
	}
}

func TestVisibilityChangesMidway(t *testing.T) {
	n := newWorld(t).start()
	ada, ben, mia := n.as("ada"), n.as("ben"), n.as("mia")
	ada.declare(t, "Checkout returns 502")
	note := func(c clients) error {
		_, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "x"})
		return err
	}
	if err := note(ben); err != nil {
		t.Fatal(err)
	}
	hide := &incidentv1.ChangeVisibilityRequest{Incident: "INC-1", Private: true, RequestId: "hide"}
	_, err := ben.ChangeVisibility(t.Context(), hide)
	refused(t, err, "permission_denied", "not_commander")
	hidden, err := mia.ChangeVisibility(t.Context(), hide)
	if err != nil || len(hidden.GetResult().GetWarnings()) != 1 || !strings.Contains(hidden.GetResult().GetWarnings()[0], "ben") {
		t.Fatalf("got %v, %v, want a warning about ben", hidden, err)
	}
	refused(t, note(ben), "not_found", "no_such_incident")
	for _, c := range []clients{ada, mia} {
		if err := note(c); err != nil {
			t.Errorf("a member was refused: %v", err)
		}
	}
	if _, err := ada.AddMember(t.Context(), &incidentv1.AddMemberRequest{Incident: "INC-1", Person: "ben"}); err != nil {
		t.Fatal(err)
	}
	if err := note(ben); err != nil {
		t.Errorf("a new member was refused: %v", err)
	}
	if _, err := ben.RemoveMember(t.Context(), &incidentv1.RemoveMemberRequest{Incident: "INC-1", Person: "me"}); err != nil {
		t.Errorf("ben could not leave: %v", err)
	}
	refused(t, note(ben), "not_found", "no_such_incident")
	if _, err := ada.ChangeVisibility(t.Context(), &incidentv1.ChangeVisibilityRequest{Incident: "INC-1"}); err != nil {
		t.Fatal(err)
	}
	if err := note(ben); err != nil {
		t.Errorf("visible again, ben was refused: %v", err)
	}
}

func TestTheEndWarnsOfOpenTasks(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	ada.declare(t, "Checkout returns 502")
	if _, err := ada.AddTask(t.Context(), &incidentv1.AddTaskRequest{Incident: "INC-1", Text: "look"}); err != nil {
		t.Fatal(err)
	}
	r, err := ada.ResolveIncident(t.Context(), &incidentv1.ResolveIncidentRequest{Incident: "INC-1"})
	if err != nil || len(r.GetResult().GetWarnings()) != 1 || !strings.Contains(r.GetResult().GetWarnings()[0], "T1") {
		t.Errorf("got %v, %v", r, err)
	}
	_, err = ada.ChangePostmortemState(t.Context(), &incidentv1.ChangePostmortemStateRequest{Incident: "INC-1", State: incidentv1.PostmortemState_POSTMORTEM_STATE_PUBLISHED})
	refused(t, err, "failed_precondition", "no_postmortem_owner")
	if _, err := ada.AssignPostmortem(t.Context(), &incidentv1.AssignPostmortemRequest{Incident: "INC-1", Owner: "ben"}); err != nil {
		t.Error(err)
	}
}

// Closing does not pretend that somebody talked and wrote: it says what is missing.
func TestClosingNamesWhatIsStillMissing(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	for number, c := range map[int]struct {
		severity incidentv1.Severity
		before   func(in string) error
		want     []string
	}{
		1: {incidentv1.Severity_SEVERITY_SEV1, nil, []string{"debrief", "post-mortem"}},
		2: {incidentv1.Severity_SEVERITY_SEV2, func(in string) error {
			_, err := ada.AddDebrief(t.Context(), &incidentv1.AddDebriefRequest{Incident: in, Text: "short"})
			return err
		}, []string{"post-mortem"}},
		3: {incidentv1.Severity_SEVERITY_SEV3, nil, nil},
		4: {incidentv1.Severity_SEVERITY_SEV1, func(in string) error {
			_, err := ada.CancelIncident(t.Context(), &incidentv1.CancelIncidentRequest{Incident: in, Reason: "nothing"})
			return err
		}, nil},
	} {
		declared, err := ada.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "t", Severity: c.severity})
		if err != nil {
			t.Fatal(err)
		}
		in := declared.GetResult().GetIncidentId()
		if _, err := ada.ResolveIncident(t.Context(), &incidentv1.ResolveIncidentRequest{Incident: in}); err != nil {
			t.Fatal(err)
		}
		if c.before != nil {
			if err := c.before(in); err != nil {
				t.Fatal(err)
			}
		}
		r, err := ada.CloseIncident(t.Context(), &incidentv1.CloseIncidentRequest{Incident: in})
		if err != nil {
			t.Fatal(err)
		}
		got := r.GetResult().GetWarnings()
		if len(got) != len(c.want) {
			t.Errorf("%d: warned %q, want %q", number, got, c.want)
			continue
		}
		for i, word := range c.want {
			if !strings.Contains(got[i], word) {
				t.Errorf("%d: warned %q, want %q", number, got, c.want)
			}
		}
	}
}
