package view_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func TestDeclaredIsTheIncident(t *testing.T) {
	v := fold(t, declared())
	i := v.Incident
	if i.Number != 41 || i.Title != "Checkout returns 502" || i.Summary != "Since the deploy." ||
		i.Severity != incident.SEV2 || i.Status != incident.StatusInvestigating || !i.Open() {
		t.Errorf("got %+v", i)
	}
	if i.Declarer != "ada" || !slices.Equal(i.Members, []incident.PersonID{"ada"}) || !i.DeclaredAt.Equal(noon) {
		t.Errorf("declarer %q, members %v, at %v", i.Declarer, i.Members, i.DeclaredAt)
	}
	e := v.Entry(1)
	if e.Headline != "Declared SEV-2" || e.Text != "Checkout returns 502\n\nSince the deploy." || !e.Shown() {
		t.Errorf("entry %+v", *e)
	}
}

func TestHeadlines(t *testing.T) {
	many := []incident.ComponentImpact{
		{Component: "a", Status: incident.PartialOutage},
		{Component: "b", Status: incident.Operational},
		{Component: "c", Status: incident.MajorOutage},
		{Component: "d", Status: incident.MajorOutage},
		{Component: "e", Status: incident.MajorOutage},
		{Component: "f", Status: incident.MajorOutage},
	}
	for _, c := range []struct {
		event incident.Event
		want  string
	}{
		{incident.Declared{Kind: incident.Maintenance, Origin: incident.OriginImport}, "Planned maintenance, imported"},
		{incident.Declared{Origin: incident.OriginAlert, Drill: true}, "Declared, severity not yet known by an alert (drill)"},
		{incident.Acknowledged{}, "Acknowledged"},
		{incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1}, "Severity SEV-2 → SEV-1"},
		{incident.StatusChanged{From: incident.StatusTriage, To: incident.StatusMonitoring}, "Status triage → monitoring"},
		{incident.Resolved{Automatic: true}, "Resolved by the end of its alerts"},
		{incident.Cancelled{}, "Cancelled as a false alarm"},
		{incident.RoleAssigned{Role: incident.Scribe, Person: "p1"}, "Scribe: <p1>"},
		{incident.RoleAssigned{Role: incident.Commander, Person: "p1", Previous: "p2"}, "Commander: <p1>, before <p2>"},
		{incident.RoleHandedOver{Role: incident.TechnicalLead, From: "p1", To: "p2"}, "Technical lead handed over from <p1> to <p2>"},
		{incident.RoleReleased{Role: incident.CommunicationsLead, Person: "p1"}, "Communications lead released by <p1>"},
		{incident.UpdatePosted{Text: "secret"}, "Update"},
		{incident.NoteAdded{Label: "root-cause", Text: "secret"}, "Root cause"},
		{incident.ImpactChanged{Components: many}, "Impact: a partial outage, b operational, c major outage, d major outage, e major outage and 1 more"},
		{incident.PublicUpdatePublished{Status: incident.StatusIdentified, Message: "secret"}, "Told customers: identified"},
		{incident.PublicUpdatePublished{SourceStatus: "in_progress"}, "Told customers: in progress"},
		{incident.PublicUpdatePublished{}, "Told customers"},
		{incident.EntryEdited{Entry: 1, Text: "secret"}, "Entry 1 edited"},
		{incident.ClockWarned{Run: incident.ClockRun{Clock: "internal_update"}}, "Little time left: update for the team"},
		{incident.ClockBreached{Run: incident.ClockRun{Clock: "role_too_long", Subject: "technical_lead"}}, "Overdue: hand over a role (technical lead)"},
		{incident.ClockBreached{Run: incident.ClockRun{Clock: "of_later"}}, "Overdue: of later"},
		{incident.ClockMet{Run: incident.ClockRun{Clock: "acknowledge"}}, "In time: acknowledge"},
		{incident.ClockMet{Run: incident.ClockRun{Clock: "acknowledge"}, Late: true}, "Late, but done: acknowledge"},
		{incident.LegalEventRecorded{Regime: "nis2", Event: incident.LegalAware, Note: "secret"}, "Law nis2: aware"},
		{incident.LegalEventRecorded{Regime: "dora", Event: incident.LegalSubmitted, Report: "initial"}, "Law dora: submitted initial"},
		{incident.CommandExecuted{Command: "secret", ExitCode: 1, Duration: 2 * time.Second}, "Ran a command: exit 1 after 2s"},
		{incident.CommandExecuted{Truncated: true, Redactions: 2}, "Ran a command: exit 0 after 0s, output cut, secrets taken out: 2"},
		{incident.CheckRecorded{
			CheckKey:    incident.CheckKey{Service: "checkout"},
			CheckResult: incident.CheckResult{Kind: incident.MetricTraffic, Verdict: incident.CheckUnusual, Integration: "prom", Trend: incident.TrendWorse, Title: "secret"},
		}, "Measured checkout: traffic unusual, proposed by the system from prom, getting worse"},
		{incident.CheckRecorded{
			CheckKey:    incident.CheckKey{Service: "checkout"},
			CheckResult: incident.CheckResult{Kind: incident.MetricResource, Verdict: incident.CheckNormal, Integration: "prom", Trend: incident.TrendStable},
		}, "Measured checkout: resource normal, proposed by the system from prom, stable"},
		{incident.EntryPinned{Entry: 1}, "Entry 1 no longer pinned"},
		{incident.EntryHidden{Entry: 1, Hidden: true}, "Entry 1 hidden"},
		{incident.EntryRedacted{Entry: 1, ReasonCode: "legal"}, "Entry 1 redacted (legal)"},
		{incident.AlertLinked{Source: "alertmanager", Title: "secret"}, "Alert linked from alertmanager"},
		{incident.TaskAdded{Task: 1, Text: "secret", Owner: "p1", Due: at(30)}, "Task T1 for <p1>, due 2026-03-01 12:30:00 UTC"},
		{incident.TaskAssigned{Task: 1, Owner: "p1", Previous: "p2"}, "Task T1 for <p1>, before <p2>"},
		{incident.TaskEnded{Task: 1, Outcome: incident.Dropped, Note: "secret"}, "Task T1 dropped"},
		{incident.FollowUpAdded{FollowUp: 2, Text: "secret"}, "Follow-up F2, nobody's yet"},
		{incident.FollowUpRevised{FollowUp: 2, Owner: "p1", Priority: incident.PriorityHigh, Tracker: "secret"}, "Follow-up F2 for <p1>, priority high"},
		{incident.FollowUpEnded{FollowUp: 2, Outcome: incident.Done}, "Follow-up F2 done"},
		{incident.ChecklistStarted{Checklist: "c", Title: "secret"}, "Checklist c"},
		{incident.ChecklistItemTicked{Checklist: "c", Item: "own", Ticked: true, Note: "secret"}, "Ticked c/own"},
		{incident.ChecklistItemTicked{Checklist: "c", Item: "own"}, "No longer ticked: c/own"},
		{incident.StabilityConfirmed{Note: "secret"}, "Confirmed stable"},
		{incident.DebriefAdded{Text: "secret"}, "Debrief"},
		{incident.PostmortemAssigned{Owner: "p1", Previous: "p2"}, "Post-mortem for <p1>, before <p2>"},
		{incident.PostmortemStateChanged{From: incident.PostmortemDraft, To: incident.PostmortemInReview}, "Post-mortem draft → in review"},
		{incident.VisibilityChanged{Private: true, Reason: "secret"}, "Private from now on"},
		{incident.VisibilityChanged{}, "No longer private"},
		{incident.MemberAdded{Person: "p1"}, "Member: <p1>"},
		{incident.MemberRemoved{Person: "p1"}, "No longer a member: <p1>"},
		{incident.Unrecognized{Name: "incident.sung"}, "Something that a later version of this program wrote (incident.sung)"},
	} {
		v := fold(t, declared().then("ada", c.event))
		got := view.Name(v.Entry(2).Headline, func(p incident.PersonID) string { return "<" + string(p) + ">" })
		if got != c.want {
			t.Errorf("%T: got %q, want %q", c.event, got, c.want)
		}
	}
}

func TestMilestonesHoldAsLongAsTheyAreTrue(t *testing.T) {
	s := declared().
		then("bob", incident.Acknowledged{}).
		then("eve", incident.Acknowledged{}).
		then("ada", incident.Mitigated{}).
		then("ada", incident.Resolved{From: incident.StatusInvestigating}).
		then("ada", incident.Closed{})
	i := fold(t, s).Incident
	if i.Acknowledger != "bob" || !i.AcknowledgedAt.Equal(at(1)) || !i.MitigatedAt.Equal(at(3)) ||
		!i.ResolvedAt.Equal(at(4)) || !i.ClosedAt.Equal(at(5)) || i.Open() {
		t.Errorf("got %+v", i)
	}
	i = fold(t, s.then("ada", incident.Reopened{From: incident.StatusClosed})).Incident
	if !i.MitigatedAt.IsZero() || !i.ResolvedAt.IsZero() || !i.ClosedAt.IsZero() || !i.Open() || i.AcknowledgedAt.IsZero() {
		t.Errorf("after reopening: %+v", i)
	}
	back := declared().then("ada", incident.Mitigated{}).
		then("ada", incident.StatusChanged{From: incident.StatusMonitoring, To: incident.StatusInvestigating})
	if i := fold(t, back).Incident; !i.MitigatedAt.IsZero() {
		t.Error("an incident that fell back is still mitigated")
	}
}

func TestRolesMoveAndMembersStay(t *testing.T) {
	v := fold(t, declared().
		then("ada", incident.RoleAssigned{Role: incident.Scribe, Person: "bob"}).
		then("ada", incident.RoleAssigned{Role: incident.Commander, Person: "ada"}).
		then("ada", incident.RoleHandedOver{Role: incident.Commander, From: "ada", To: "eve"}).
		then("bob", incident.RoleReleased{Role: incident.Scribe, Person: "bob"}))
	want := []view.RoleHolder{{Role: incident.Commander, Person: "eve", Since: at(3)}}
	if !slices.Equal(v.Incident.Roles, want) {
		t.Errorf("roles %v, want %v", v.Incident.Roles, want)
	}
	if m := v.Incident.Members; !slices.Equal(m, []incident.PersonID{"ada", "bob", "eve"}) {
		t.Errorf("members %v", m)
	}
	if v.Incident.Holder(incident.Commander) != "eve" || v.Incident.Holder(incident.Scribe) != "" {
		t.Error("holders differ from roles")
	}
}

func TestAlertsAreLinkedOnce(t *testing.T) {
	s := story(nil).then("bot", incident.Declared{Number: 1, Title: "t", AlertID: "a1", Origin: incident.OriginAlert})
	s = s.then("bot", incident.AlertLinked{AlertID: "a1", Source: "alertmanager", Title: "High errors"})
	s = s.then("bot", incident.AlertLinked{AlertID: "a2", Title: "Slow"})
	got := fold(t, s).Incident.Alerts
	if len(got) != 2 || got[0].ID != "a1" || got[0].Title != "High errors" || got[1].ID != "a2" {
		t.Errorf("got %+v", got)
	}
}

func TestWhatCannotBeFoldedLeavesTheViewAsItWas(t *testing.T) {
	s := declared()
	v := fold(t, s)
	next := s.then("ada", incident.Unrecognized{Name: "incident.sung", Critical: true})
	if err := v.Apply(next[1]); !errors.Is(err, view.ErrUnknown) {
		t.Errorf("critical event: %v", err)
	}
	nothing := next[1]
	nothing.Event = nil
	if err := v.Apply(nothing); !errors.Is(err, view.ErrUnknown) {
		t.Errorf("no event: %v", err)
	}
	gap := s.then("ada", incident.Acknowledged{}).then("ada", incident.Acknowledged{})
	if err := v.Apply(gap[2]); !errors.Is(err, view.ErrGap) {
		t.Errorf("gap: %v", err)
	}
	headless := story(nil).then("ada", incident.Acknowledged{})
	if _, err := view.Fold(headless); !errors.Is(err, view.ErrNotDeclared) {
		t.Errorf("no declaration: %v", err)
	}
	if v.Incident.Revision != 1 || len(v.Entries) != 1 {
		t.Errorf("the view moved to %d", v.Incident.Revision)
	}
	if err := v.Apply(s.then("ada", incident.Unrecognized{Name: "incident.hummed"})[1]); err != nil {
		t.Errorf("ignorable event: %v", err)
	}
}

func TestVersionKnowsTheTypes(t *testing.T) {
	if view.Version() <= len(incident.Types()) {
		t.Errorf("version %d does not count %d types", view.Version(), len(incident.Types()))
	}
}

func TestTimesComeFromTheEvent(t *testing.T) {
	v := fold(t, declared().late("ada", incident.NoteAdded{Text: "It began."}, at(-30)))
	e := v.Entry(2)
	if !e.OccurredAt.Equal(at(-30)) || !e.RecordedAt.Equal(at(1)) || !v.Incident.UpdatedAt.Equal(at(1)) {
		t.Errorf("entry %+v, updated %v", *e, v.Incident.UpdatedAt.Format(time.Kitchen))
	}
}
