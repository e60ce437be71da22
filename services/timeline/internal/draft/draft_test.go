package draft_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/services/timeline/internal/draft"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = time.Date(2026, 11, 24, 10, 2, 0, 0, time.UTC)

// canary stands in everything that people wrote into the incident.
const canary = "xylophone"

// told is an incident in which everything was written down, five minutes apart.
func told(t *testing.T, private bool, events ...incident.Event) *draft.Incident {
	t.Helper()
	v := &view.View{}
	all := append([]incident.Event{incident.Declared{
		Number: 41, Title: "Checkout " + canary, Summary: "The pool of " + canary + ".", Severity: incident.SEV1, Private: private,
		Status: incident.StatusInvestigating, Services: []string{"checkout-" + canary},
	}}, events...)
	for n, e := range all {
		at := start.Add(time.Duration(n) * 5 * time.Minute)
		err := v.Apply(incident.Recorded{Event: e, Meta: incident.Meta{
			Incident: "inc", Revision: uint64(n) + 1, OccurredAt: at, RecordedAt: at, Actor: "ada",
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	book, err := playbook.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &draft.Incident{
		View: v, Book: book, Catalog: resources(nil), Now: start.Add(2 * time.Hour),
		Other: func(id incident.ID) string { return map[incident.ID]string{"other": "INC-7"}[id] },
		Name: func(p incident.PersonID) string {
			return map[incident.PersonID]string{"ada": "Ada Lovelace", "bob": "Grace Hopper"}[p]
		},
	}
}

// everything is what can be written into an incident that a variable speaks of.
func everything() []incident.Event {
	return []incident.Event{
		incident.Acknowledged{},
		incident.RoleAssigned{Role: incident.Commander, Person: "ada"},
		incident.RoleAssigned{Role: incident.TechnicalLead, Person: "ada"},
		incident.RoleAssigned{Role: incident.CommunicationsLead, Person: "ada"},
		incident.RoleAssigned{Role: incident.Scribe, Person: "bob"},
		incident.CategoryChanged{To: "cat-" + canary},
		incident.ImpactStarted{At: start},
		incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: "api-" + canary, Status: incident.MajorOutage}}},
		incident.BlastRadiusChanged{Services: []string{"s-" + canary}, Regions: []string{"eu-" + canary}, Customers: 12, Text: "all " + canary},
		incident.Assessed{Trend: incident.TrendStable},
		incident.HypothesisAdded{Hypothesis: 1, Text: "pool " + canary},
		incident.HypothesisConfirmed{Hypothesis: 1, Reason: "seen " + canary},
		incident.HypothesisAdded{Hypothesis: 2, Text: "network " + canary},
		incident.HypothesisEliminated{Hypothesis: 2, Reason: "no"},
		incident.DecisionMade{Decision: 1, Choice: incident.Rollback, Reason: "412 " + canary},
		incident.TaskAdded{Task: 1, Text: "raise " + canary, Owner: "bob", Due: start.Add(time.Hour)},
		incident.FollowUpAdded{FollowUp: 1, Text: "alert " + canary, Owner: "ada", Due: start.AddDate(0, 0, 7)},
		incident.Mitigated{Summary: "rolled back " + canary},
		incident.ImpactEnded{At: start.Add(85 * time.Minute)},
		incident.Resolved{From: incident.StatusMonitoring, Summary: "over " + canary},
	}
}

// resources are a catalog of documents.
type resources []*catalog.Resource

func catalogOf(t *testing.T, documents string) draft.Catalog {
	t.Helper()
	parsed, err := catalog.Parse("test.yaml", []byte(documents))
	if err != nil {
		t.Fatal(err)
	}
	return resources(parsed)
}

func (r resources) Get(kind, name string) (*catalog.Resource, bool) {
	for _, one := range r {
		if one.Kind == kind && one.Name == name {
			return one, true
		}
	}
	return nil, false
}

func (r resources) List(kind string) []*catalog.Resource {
	return slices.DeleteFunc(slices.Clone(r), func(one *catalog.Resource) bool { return one.Kind != kind })
}

func allNames() []string {
	var names []string
	for _, v := range template.Variables() {
		names = append(names, v.Name)
	}
	return names
}

// TestEveryVariableHasASource: what is documented is said somewhere, or marked as
// given by whoever writes.
func TestEveryVariableHasASource(t *testing.T) {
	i := told(t, false, append(everything(), incident.PublicUpdatePublished{
		UpdateID: "u", Title: "Payments fail", Message: "m", Status: incident.StatusIdentified, NextUpdate: start.Add(3 * time.Hour),
	})...)
	i.Catalog = catalogOf(t, page)
	team := i.ForTeam(allNames(), draft.Passing{Role: incident.Commander, To: "bob"})
	customers := i.ForCustomers(allNames(), draft.Update{
		Status: incident.StatusMonitoring, NextUpdate: start.Add(3 * time.Hour), Title: "Payments fail",
		Components: []incident.ComponentImpact{{Component: "api", Status: incident.MajorOutage}},
	})
	for _, v := range template.Variables() {
		// What only a post-mortem has is written by package postmortem.
		if (team[v.Name] == "") != (v.Given || v.Document) {
			t.Errorf("for the team %s is %q", v.Name, team[v.Name])
		}
		if (customers[v.Name] == "") != (v.Given || !v.Public) {
			t.Errorf("for customers %s is %q", v.Name, customers[v.Name])
		}
	}
}

// TestNothingPrivateReachesCustomers: whatever was written into an incident, no
// variable of a text for customers says it, and of a private incident none says even
// when it was.
func TestNothingPrivateReachesCustomers(t *testing.T) {
	for _, private := range []bool{false, true} {
		i := told(t, private, everything()...)
		i.Catalog = catalogOf(t, page)
		u := draft.Update{Status: incident.StatusResolved, Components: draft.Suffering(&i.View.Incident, incident.StatusResolved)}
		values := i.ForCustomers(allNames(), u)
		for name, value := range values {
			if strings.Contains(value, canary) {
				t.Errorf("private %v: %s says %q", private, name, value)
			}
		}
		times := values["started_at"] + values["ended_at"] + values["impact_duration"]
		if (times == "") != private {
			t.Errorf("private %v: times are %q", private, times)
		}
		if private && (values["components"] != "" || len(u.Components) > 0) {
			t.Errorf("components of a private incident: %v %v", values, u.Components)
		}
	}
}

func TestHeadlines(t *testing.T) {
	unnamed := incident.PublicUpdatePublished{UpdateID: "u", Message: "m", Status: incident.StatusInvestigating}
	named := incident.PublicUpdatePublished{UpdateID: "n", Message: "m", Title: "Payments fail", Status: incident.StatusInvestigating}
	for name, c := range map[string]struct {
		private bool
		events  []incident.Event
		title   string
		want    string
	}{
		"nothing said":          {false, nil, "", ""},
		"given":                 {false, []incident.Event{named}, "New", "New"},
		"named before":          {false, []incident.Event{named, unnamed}, "", "Payments fail"},
		"shown by its own name": {false, []incident.Event{unnamed}, "", "Checkout " + canary},
		"retracted":             {false, []incident.Event{named, incident.PublicUpdateRetracted{UpdateID: "n"}}, "", ""},
		"private":               {true, nil, "", ""},
		"private and named":     {true, []incident.Event{named}, "", "Payments fail"},
		"private since":         {false, []incident.Event{unnamed, incident.VisibilityChanged{Private: true}}, "", ""},
	} {
		i := told(t, c.private, c.events...)
		if got := i.ForCustomers([]string{"headline"}, draft.Update{Title: c.title})["headline"]; got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestComponentsAreCalledAsOnThePage: by the public name, on every page that the text
// goes to, and not at all when customers do not know them.
func TestComponentsAreCalledAsOnThePage(t *testing.T) {
	i := told(t, false)
	i.Catalog = catalogOf(t, page+`---
{kind: Component, name: internal, spec: {display_name: Ledger}}
---
{kind: StatusPage, name: partners, spec: {title: Partners, url: "https://partners.example.org", components: [internal]}}
`)
	components := []incident.ComponentImpact{{Component: "api"}, {Component: "internal"}, {Component: "unknown"}, {Component: "k3v9"}}
	for pages, want := range map[string]string{"": "", "status": "Programming interface, Checkout", "partners": "Ledger"} {
		u := draft.Update{Components: components}
		if pages != "" {
			u.Pages = []string{pages}
		}
		if got := i.ForCustomers([]string{"components"}, u)["components"]; got != want {
			t.Errorf("on %q: got %q, want %q", pages, got, want)
		}
	}
}

func TestTidy(t *testing.T) {
	if got := draft.Tidy("\n\na  \n\n \n\nb \t\n    code\n"); got != "a\n\nb\n    code" {
		t.Errorf("got %q", got)
	}
}

func TestHiddenAndRedactedIsNotSaid(t *testing.T) {
	i := told(t, false,
		incident.HypothesisAdded{Hypothesis: 1, Text: "a"}, incident.EntryHidden{Entry: 2, Hidden: true},
		incident.TaskAdded{Task: 1, Text: "b"}, incident.EntryRedacted{Entry: 4, ReasonCode: "secret"},
	)
	values := i.ForTeam(allNames(), draft.Passing{})
	if values["hypotheses"] != "" || values["tasks"] != "- nobody yet: [redacted]" || values["role"]+values["to"]+values["from"] != "" {
		t.Errorf("got %v", values)
	}
}

// TestBuiltInTextsOfAnIncident is what people read of the built-in templates.
func TestBuiltInTextsOfAnIncident(t *testing.T) {
	i := told(t, false, append(everything(), incident.PublicUpdatePublished{
		UpdateID: "u", Title: "Payments fail", Message: "m", Status: incident.StatusIdentified, NextUpdate: start.Add(3 * time.Hour),
	})...)
	i.Catalog = catalogOf(t, page)
	u := draft.Update{
		Status: incident.StatusMonitoring, NextUpdate: start.Add(150 * time.Minute),
		Components: []incident.ComponentImpact{{Component: "api", Status: incident.PartialOutage}},
	}
	given := template.Values{
		"message": "We are rolling back.", "what_we_do": "Rolling back.", "what_we_know": "Release 412 began it.",
	}
	var all strings.Builder
	for _, r := range i.Book.Resources("template") {
		if catalog.TemplateAudience(r.Spec.GetTemplate().GetUse()) == template.Reviewers {
			continue // package postmortem has its own
		}
		names := playbook.Variables(r)
		values := i.ForTeam(names, draft.Passing{Role: incident.Commander, To: "bob"})
		if catalog.TemplateAudience(r.Spec.GetTemplate().GetUse()) == template.Customers {
			values = i.ForCustomers(names, u)
		}
		maps.Copy(values, given)
		text, err := playbook.Render(r, values)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		all.WriteString("=== " + r.Name + "\n" + draft.Tidy(text.Subject+"\n\n"+text.Body) + "\n")
	}
	golden := filepath.Join("testdata", "builtin.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || all.String() != string(want) {
		t.Errorf("texts differ from %s (run with -update to accept): %v\n%s", golden, err, all.String())
	}
}

func TestOtherIncidentsAreNamed(t *testing.T) {
	i := told(t, false, incident.Merged{Into: "other", Reason: "same cause"})
	if got := i.ForTeam([]string{"timeline"}, draft.Passing{})["timeline"]; !strings.Contains(got, " Merged into INC-7, ") {
		t.Errorf("got %q", got)
	}
}

// TestLengths says lengths of time as people do.
func TestLengths(t *testing.T) {
	for minutes, want := range map[int]string{0: "less than a minute", 1: "1 minute", 46: "46 minutes", 65: "1 hour 5 minutes", 120: "2 hours", 3000: "2 days 2 hours"} {
		i := told(t, false)
		i.Now = start.Add(time.Duration(minutes) * time.Minute)
		if got := i.ForTeam([]string{"duration"}, draft.Passing{})["duration"]; got != want {
			t.Errorf("%d minutes: %q, want %q", minutes, got, want)
		}
	}
}

const page = `
{kind: Component, name: api, spec: {display_name: Programming interface}}
---
{kind: Component, name: checkout, spec: {display_name: Checkout, public_id: k3v9}}
---
{kind: StatusPage, name: status, spec: {title: Status, url: "https://status.example.org", components: [api, checkout]}}
`
