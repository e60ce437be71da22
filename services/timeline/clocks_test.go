package timeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// states says how clocks stand: "acknowledge overdue, internal_update running".
func states(clocks []*timelinev1.Clock) string {
	var all []string
	for _, c := range clocks {
		name := c.GetClock()
		if c.GetSubject() != "" {
			name += "/" + c.GetSubject()
		}
		all = append(all, name+" "+strings.ToLower(strings.TrimPrefix(c.GetState().String(), "CLOCK_STATE_")))
	}
	return strings.Join(all, ", ")
}

func knownAt(at time.Time) *timelinev1.TimeTravel {
	return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(at)}}
}

// ago is an act of so many minutes ago, written down at once.
func ago(minutes int) logtest.Act {
	at := time.Now().Add(-time.Duration(minutes) * time.Minute)
	return logtest.Act{Now: at, Happened: at}
}

func TestClocksOfAnIncident(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.Declare(incident.Declare{Title: "t", Severity: incident.SEV1}, ago(60))
	w.Do(id, incident.Acknowledge{}, ago(58))
	w.Do(id, incident.PostUpdate{Text: "looking"}, ago(30))
	w.Do(id, incident.AssignRole{Role: incident.Scribe, Person: "bob"}, ago(20))
	ask := func(at *timelinev1.TimeTravel) *timelinev1.GetClocksResponse {
		t.Helper()
		return must[*timelinev1.GetClocksResponse](t)(n.GetClocks(as(t, "eve"),
			&timelinev1.GetClocksRequest{Incident: "INC-1", At: at, Position: w.settle()}))
	}
	r := ask(nil)
	if got, want := states(r.GetClocks()), "acknowledge met, first_external overdue, internal_update overdue, role_too_long/scribe running"; got != want {
		t.Errorf("now: %s\nwant %s", got, want)
	}
	if got := states(r.GetIncident().GetOverdueClocks()); got != "first_external overdue, internal_update overdue" {
		t.Errorf("overdue: %s", got)
	}
	late := r.GetClocks()[2]
	if left := late.GetTimeLeft().AsDuration(); left > -15*time.Minute || left < -16*time.Minute || late.GetReason() == "" || late.GetStartRevision() != 3 {
		t.Errorf("the update clock: %v", late)
	}
	if a := r.GetAudience(); r.GetPolicy() != "sev-1" || a.GetUrgency() != "high" || !a.GetCustomers() {
		t.Errorf("policy %q, audience %v", r.GetPolicy(), a)
	}
	for minutes, want := range map[int]string{
		59: "acknowledge running, first_external running, internal_update running",
		57: "acknowledge met, first_external running, internal_update running",
		47: "acknowledge met, first_external overdue, internal_update warning",
		16: "acknowledge met, first_external overdue, internal_update warning, role_too_long/scribe running",
	} {
		at := time.Now().Add(-time.Duration(minutes) * time.Minute)
		r := ask(knownAt(at))
		if got := states(r.GetClocks()); got != want {
			t.Errorf("%d minutes ago: %s\nwant %s", minutes, got, want)
		}
		in := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", At: knownAt(at)}))
		if got, overdue := states(in.GetIncident().GetOverdueClocks()), strings.Contains(want, "overdue"); (got != "") != overdue {
			t.Errorf("%d minutes ago the incident shows %q", minutes, got)
		}
	}
	_, err := n.GetClocks(as(t, "eve"), &timelinev1.GetClocksRequest{Incident: "INC-1", At: knownAt(time.Now().Add(-2 * time.Hour))})
	refused(t, err, "not_found", "not_yet")
	_, err = n.GetClocks(as(t, "eve"), &timelinev1.GetClocksRequest{Incident: "INC-9"})
	refused(t, err, "not_found", "no_such_incident")
}

// What counted at a time in the past is what was configured then.
func TestClocksOfThePastFollowTheConfigurationOfThePast(t *testing.T) {
	w := newWorld(t)
	id := w.Declare(incident.Declare{Title: "t", Severity: incident.SEV2}, ago(8))
	before := time.Now()
	incidentlogtest.Apply(t, w.log, incidentlogtest.Follow(t, w.log), incidentlogtest.YAML(t, `
{kind: ClockPolicy, name: hasty, spec: {rules: [{clock: acknowledge, within: 1m}]}}
---
{kind: Severity, name: SEV-2, spec: {severity: SEV-2, clocks: hasty}}
`)...)
	n := w.start()
	for _, c := range []struct {
		at   *timelinev1.TimeTravel
		want string
	}{{nil, "acknowledge overdue"}, {knownAt(before), "acknowledge warning, first_external running, internal_update running"}} {
		r := must[*timelinev1.GetClocksResponse](t)(n.GetClocks(as(t, "eve"),
			&timelinev1.GetClocksRequest{Incident: string(id), At: c.at, Position: w.settle()}))
		if got := states(r.GetClocks()); got != c.want {
			t.Errorf("at %v: %s, want %s", c.at, got, c.want)
		}
	}
}

func TestClocksThatWantAttention(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.Declare(incident.Declare{Title: "late", Severity: incident.SEV1}, ago(60))
	w.Declare(incident.Declare{Title: "in time", Severity: incident.SEV1}, ago(1))
	over := w.Declare(incident.Declare{Title: "over", Severity: incident.SEV1}, ago(300))
	w.Do(over, incident.Resolve{}, ago(90))
	gone := w.Declare(incident.Declare{Title: "closed", Severity: incident.SEV1}, ago(300))
	w.Do(gone, incident.Resolve{}, ago(90))
	w.Do(gone, incident.AddDebrief{Text: "short"}, ago(85))
	w.Do(gone, incident.Close{}, ago(80))
	done := w.Declare(incident.Declare{Title: "all done", Severity: incident.SEV1}, ago(300))
	w.Do(done, incident.Resolve{}, ago(90))
	w.Do(done, incident.AddDebrief{Text: "short"}, ago(85))
	w.Do(done, incident.AssignPostmortem{Owner: "ann"}, ago(85))
	w.Do(done, incident.ChangePostmortemState{To: incident.PostmortemInReview}, ago(84))
	w.Do(done, incident.ChangePostmortemState{To: incident.PostmortemPublished}, ago(83))
	w.Do(done, incident.Close{}, ago(80))
	told := w.Declare(incident.Declare{Title: "told by law", Severity: incident.SEV3}, ago(300))
	w.Do(told, incident.RecordLegalEvent{Regime: "gdpr", Event: incident.LegalAware}, ago(290))
	w.Do(told, incident.AddFollowUp{Text: "f", Due: time.Now().Add(-time.Hour)}, ago(280))
	w.Do(told, incident.Cancel{Reason: "nothing"}, ago(270))
	w.Do(told, incident.Close{}, ago(260))
	w.Declare(incident.Declare{Title: "drill", Severity: incident.SEV1, Drill: true}, ago(60))
	list := func(r *timelinev1.ListClocksRequest) string {
		t.Helper()
		r.Position = w.settle()
		var found []string
		for {
			page := must[*timelinev1.ListClocksResponse](t)(n.ListClocks(as(t, "eve"), r))
			for _, in := range page.GetIncidents() {
				found = append(found, in.GetIncident().GetTitle()+": "+states(in.GetClocks()))
			}
			if r.PageToken = page.GetNextPageToken(); r.GetPageToken() == "" {
				return strings.Join(found, "; ")
			}
		}
	}
	late, over1 := "late: acknowledge overdue, first_external overdue, internal_update overdue", "over: debrief overdue"
	law, closed := "told by law: follow_up/F1 overdue", "closed: postmortem running; "
	rest := "in time: acknowledge running; " + late + "; " + law + ", legal/gdpr/notification running; " + closed + over1 + ", postmortem running"
	for name, c := range map[string]struct {
		request *timelinev1.ListClocksRequest
		want    string
	}{
		"all":     {&timelinev1.ListClocksRequest{}, rest},
		"pages":   {&timelinev1.ListClocksRequest{PageSize: 1}, rest},
		"overdue": {&timelinev1.ListClocksRequest{Overdue: true}, late + "; " + law + "; " + over1},
		"drills":  {&timelinev1.ListClocksRequest{Overdue: true, IncludeDrills: true}, strings.Replace(late, "late", "drill", 1) + "; " + late + "; " + law + "; " + over1},
	} {
		if got := list(c.request); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
	page := must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "eve"), &timelinev1.ListIncidentsRequest{}))
	for _, in := range page.GetIncidents() {
		if overdue := len(in.GetOverdueClocks()) > 0; overdue != slices.Contains([]string{"late", "over", "told by law"}, in.GetTitle()) || len(in.GetClockFacts()) > 0 {
			t.Errorf("the list shows %q overdue: %t, facts %q", in.GetTitle(), overdue, in.GetClockFacts())
		}
	}
	_, err := n.ListClocks(as(t, "eve"), &timelinev1.ListClocksRequest{PageToken: "x"})
	refused(t, err, "invalid_argument", "invalid_page_token")
}

// What the read model keeps for itself leaves it nowhere.
func TestFactsForClocksStayInside(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.problem("t")
	at := w.settle()
	in := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: at})).GetIncident()
	entries := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"), &timelinev1.ListEntriesRequest{Incident: "1"})).GetIncident()
	clocks := must[*timelinev1.GetClocksResponse](t)(n.GetClocks(as(t, "eve"), &timelinev1.GetClocksRequest{Incident: "1"})).GetIncident()
	for i, got := range []*timelinev1.Incident{in, entries, clocks} {
		if len(got.GetClockFacts()) > 0 || len(got.ProtoReflect().GetUnknown()) > 0 {
			t.Error(fmt.Sprint(i), got)
		}
	}
}
