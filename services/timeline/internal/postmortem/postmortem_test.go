package postmortem_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/postmortem"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)

// story collects the events of one incident, five minutes apart.
type story struct {
	t *testing.T
	v *view.View
}

func begin(t *testing.T) *story {
	t.Helper()
	return &story{t: t, v: &view.View{}}
}

func (s *story) now() time.Time { return noon.Add(time.Duration(len(s.v.Entries)) * 5 * time.Minute) }

func (s *story) then(actor incident.PersonID, e incident.Event) *story {
	return s.at(s.now(), actor, e)
}

func (s *story) at(happened time.Time, actor incident.PersonID, e incident.Event) *story {
	s.t.Helper()
	err := s.v.Apply(incident.Recorded{Event: e, Meta: incident.Meta{
		Incident: "inc", Revision: s.v.Incident.Revision + 1, OccurredAt: happened, RecordedAt: s.now(), Actor: actor,
	}})
	if err != nil {
		s.t.Fatalf("apply: %v", err)
	}
	return s
}

func options() postmortem.Options {
	return postmortem.Options{
		Text:  builtIn(),
		Now:   noon.Add(24 * time.Hour),
		Other: func(id incident.ID) string { return string(id) },
		Name: func(p incident.PersonID) string {
			return map[incident.PersonID]string{"p-ada": "Ada Lovelace", "p-bob": "Bob_*", "t-bot": "alertmanager"}[p]
		},
	}
}

// builtIn is what counts with nothing configured.
var builtIn = sync.OnceValue(func() postmortem.Text {
	book, err := playbook.New(nil)
	if err != nil {
		panic(err)
	}
	r, ok := book.Find("template", "postmortem")
	if !ok {
		panic("the playbook has no template for the post-mortem")
	}
	text, err := postmortem.Read(r.Spec.GetTemplate())
	if err != nil {
		panic(err)
	}
	return text
})

func write(t *testing.T, v *view.View, o postmortem.Options) string {
	t.Helper()
	document, err := postmortem.Write(v, o)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// checkout is an incident in which everything happens once.
func checkout(t *testing.T) *story {
	t.Helper()
	return begin(t).
		then("t-bot", incident.Declared{
			Number: 41, Title: "Checkout returns 502", Severity: incident.SEV2, Status: incident.StatusInvestigating,
			Origin: incident.OriginAlert, AlertID: "al-1", Services: []string{"checkout", "pay|ments"},
		}).
		then("t-bot", incident.AlertLinked{AlertID: "al-1", Source: "alertmanager", Title: "High error rate", URL: "https://example.org"}).
		then("p-ada", incident.Acknowledged{}).
		then("p-ada", incident.RoleAssigned{Role: incident.Commander, Person: "p-ada"}).
		then("p-ada", incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1, Reason: "All of Europe."}).
		then("p-ada", incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: "Checkout API", Status: incident.MajorOutage}}}).
		then("p-ada", incident.PublicUpdatePublished{UpdateID: "u1", Status: incident.StatusInvestigating, Message: "We are looking into failing payments.", NextUpdate: noon.Add(time.Hour)}).
		then("p-bob", incident.NoteAdded{Text: "Is it the **deploy**?\n\n1. rolled out 23:20\n2. errors since 23:25", Label: "hypothesis"}).
		then("p-bob", incident.EntryPinned{Entry: 8, Pinned: true}).
		then("p-bob", incident.NoteAdded{Text: "password is hunter2"}).
		then("p-ada", incident.EntryRedacted{Entry: 10, ReasonCode: "secret"}).
		then("p-bob", incident.NoteAdded{Text: "brb coffee"}).
		then("p-bob", incident.EntryHidden{Entry: 12, Hidden: true}).
		at(noon.Add(-10*time.Minute), "p-bob", incident.NoteAdded{Text: "Deploy 812 began.", Author: "Eve from vendor"}).
		then("p-bob", incident.UpdatePosted{Text: "rollback runing"}).
		then("p-bob", incident.EntryEdited{Entry: 15, Text: "Rollback is running."}).
		then("p-ada", incident.Mitigated{Summary: "Rolled back."}).
		then("p-ada", incident.SeverityChanged{From: incident.SEV1, To: incident.SEV3}).
		then("p-ada", incident.Resolved{From: incident.StatusInvestigating, Summary: "Rollback complete."}).
		then("p-ada", incident.PublicUpdatePublished{UpdateID: "u2", Status: incident.StatusResolved, Message: "Payments work again."}).
		then("p-ada", incident.TaskAdded{Task: 1, Text: "Drain the | pool.", Owner: "p-bob", Due: noon.Add(2 * time.Hour)}).
		then("p-bob", incident.TaskEnded{Task: 1, Outcome: incident.Done, Note: "Drained."}).
		then("p-ada", incident.FollowUpAdded{
			FollowUp: 1, Text: "Alert on *pool* size.", Purpose: incident.FollowUpDetect, Priority: incident.PriorityHigh,
			Due: noon.Add(14 * 24 * time.Hour), Tracker: "https://tracker.example/OPS_7",
		}).
		then("p-ada", incident.ChecklistStarted{
			Checklist: "first-minutes", Title: "The *first* minutes",
			Items: []incident.ChecklistItem{{Item: "own", Text: "Somebody <b>owns</b> it"}, {Item: "scribe", Text: "Somebody writes"}},
		}).
		then("p-bob", incident.ChecklistItemTicked{Checklist: "first-minutes", Item: "own", Ticked: true, Note: "Ada does."}).
		then("p-ada", incident.StabilityConfirmed{Note: "Flat for 20 minutes."}).
		then("p-bob", incident.DebriefAdded{Text: "We rolled back **late**.\n\nThe alert was early."}).
		then("p-ada", incident.PostmortemAssigned{Owner: "p-bob"}).
		then("p-bob", incident.PostmortemStateChanged{From: incident.PostmortemDraft, To: incident.PostmortemInReview}).
		then("p-ada", incident.EntryEdited{Entry: 1, Text: "Checkout returned 502\n\nA deploy broke the checkout."})
}

// searched is an incident in which the cause was looked for.
func searched(t *testing.T) *story {
	t.Helper()
	return begin(t).
		then("p-ada", incident.Declared{Number: 43, Title: "Search is slow", Severity: incident.SEV2, Status: incident.StatusInvestigating}).
		then("p-bob", incident.HypothesisAdded{Hypothesis: 1, Text: "The *pool* is <b>exhausted</b>", Because: "Waiting grew first.", Eliminate: "Free connections."}).
		then("p-ada", incident.HypothesisAdded{Hypothesis: 2, Text: "my password is hunter2"}).
		then("p-ada", incident.EntryRedacted{Entry: 3, ReasonCode: "secret"}).
		then("p-bob", incident.HypothesisTested{Hypothesis: 1, Text: "20 of 20 are taken:\n\n- by us\n- by others"}).
		then("p-bob", incident.HypothesisTested{Hypothesis: 1, Text: "brb coffee"}).
		then("p-bob", incident.EntryHidden{Entry: 6, Hidden: true}).
		then("p-ada", incident.HypothesisEliminated{Hypothesis: 2, Reason: "It was not that."}).
		then("p-ada", incident.HypothesisConfirmed{Hypothesis: 1, Reason: "A bigger pool ended it."}).
		then("p-bob", incident.CategoryChanged{To: "capacity"}).
		then("p-bob", incident.Assessed{Trend: incident.TrendWorse, Reason: "Errors doubled."}).
		then("p-bob", incident.Assessed{Trend: incident.TrendBetter}).
		then("p-ada", incident.DecisionMade{
			Decision: 1, Choice: incident.FixForward, Reason: "The release changed **data**.", Options: []string{"roll back", "wait_*"},
			Checks: []incident.Check{{Item: "recent-deploy", Holds: true}, {Item: "rollback-is-safe"}}, Hypothesis: 1, Change: "deploy-812",
		}).
		at(noon.Add(-20*time.Minute), "p-ada", incident.ImpactStarted{At: noon.Add(-20 * time.Minute)}).
		at(noon.Add(40*time.Minute), "p-ada", incident.ImpactEnded{At: noon.Add(40 * time.Minute)}).
		then("p-bob", incident.BlastRadiusChanged{Regions: []string{"eu"}}).
		then("p-bob", incident.BlastRadiusChanged{Services: []string{"search"}, Regions: []string{"eu"}, Customers: 120, CustomerNames: []string{"Acme <b>"}, Text: "Only *logged in* users."})
}

// measured is an incident in which checks ran, and somebody took over what they proposed.
func measured(t *testing.T) *story {
	t.Helper()
	show := func(run, metric string, verdict incident.CheckVerdict, asked incident.PersonID, change func(*incident.CheckRecorded)) incident.CheckRecorded {
		c := incident.CheckRecorded{CheckKey: incident.CheckKey{Run: run, Service: "check|out", Metric: metric}, CheckResult: incident.CheckResult{
			Kind: incident.MetricTraffic, Integration: "prom", Verdict: verdict, From: noon.Add(-time.Hour), Until: noon, AskedBy: asked,
			Title: metric, Unit: "errors/s", Reason: "as <usual>", Value: incident.Measured{Value: 12500, Known: true},
		}}
		if change != nil {
			change(&c)
		}
		return c
	}
	return begin(t).
		then("p-ada", incident.Declared{Number: 44, Title: "Checkout is slow", Severity: incident.SEV2, Status: incident.StatusInvestigating}).
		then("t-bot", show("declaration", "errors", incident.CheckUnusual, "", func(c *incident.CheckRecorded) {
			c.Began, c.Trend, c.Reason = noon.Add(-8*time.Minute).Add(time.Millisecond), incident.TrendWorse, "12.5 k errors/s now, above 3 errors/s"
			c.Yesterday, c.LastWeek = incident.Measured{Value: 1.5, Known: true}, incident.Measured{Known: true}
		})).
		then("t-bot", show("declaration", "latency", incident.CheckUnknown, "", func(c *incident.CheckRecorded) { c.Value = incident.Measured{} })).
		then("t-bot", show("declaration", "secret", incident.CheckNormal, "", func(c *incident.CheckRecorded) { c.Reason, c.Title = "hunter2", "hunter2" })).
		then("p-ada", incident.EntryRedacted{Entry: 4, ReasonCode: "secret"}).
		then("t-bot", show("declaration", "coffee", incident.CheckUnusual, "", func(c *incident.CheckRecorded) { c.Began = noon.Add(-30 * time.Minute) })).
		then("p-ada", incident.EntryHidden{Entry: 6, Hidden: true}).
		at(noon.Add(-8*time.Minute), "p-bob", incident.ImpactStarted{At: noon.Add(-8 * time.Minute)}).
		then("p-bob", incident.Assessed{Trend: incident.TrendWorse}).
		then("p-ada", incident.Assessed{Trend: incident.TrendStable}).
		then("t-bot", show("r-1", "errors", incident.CheckNormal, "p-bob", nil)).
		then("p-ada", incident.DecisionMade{Decision: 1, Choice: incident.Rollback, Reason: "It is the release.", Change: "c1"})
}

// suspected is what may have caused it.
func suspected() *timelinev1.ListSuspectsResponse {
	changed := func(c *signalv1.Change, weight int32, reasons ...string) *timelinev1.Suspect {
		c.StartedTime = timestamppb.New(noon.Add(-10 * time.Minute))
		return &timelinev1.Suspect{Weight: weight, Reasons: reasons, What: &timelinev1.Suspect_Change{Change: c}}
	}
	other := func(i *timelinev1.Incident) *timelinev1.Suspect {
		i.DeclaredTime = timestamppb.New(noon.Add(-time.Hour))
		return &timelinev1.Suspect{Weight: 40, Reasons: []string{"an open incident"}, What: &timelinev1.Suspect_Incident{Incident: i}}
	}
	return &timelinev1.ListSuspectsResponse{
		SinceTime: timestamppb.New(noon.Add(-24 * time.Hour)), StartTime: timestamppb.New(noon), StartFrom: "declaration",
		Suspects: []*timelinev1.Suspect{
			changed(&signalv1.Change{
				Id: "c1", Kind: signalv1.ChangeKind_CHANGE_KIND_DEPLOYMENT, Service: "check|out", Title: "Release <412>", Outcome: signalv1.ChangeOutcome_CHANGE_OUTCOME_FAILED,
			}, 83, "failed", "took effect 10 min before"),
			changed(&signalv1.Change{Id: "c2", Redacted: true}, 50, "why"),
			other(&timelinev1.Incident{Name: "INC-7", Title: "Payments are slow"}),
			other(&timelinev1.Incident{Name: "INC-8", Title: "coffee", Private: true}),
		},
	}
}

// TestWhatWasMeasuredAndSuspected: the document says who proposed what and from what, and
// what became of it; and nothing where nothing was measured.
func TestWhatWasMeasuredAndSuspected(t *testing.T) {
	o := options()
	o.Suspects = suspected()
	got := write(t, measured(t).v, o)
	golden(t, "measured", got)
	_, got, _ = strings.Cut(got, "## What was measured")
	got, _, _ = strings.Cut(got, "## Causes")
	for _, want := range []string{
		"by the system", "Bob\\_\\* wrote down 2026-03-01 23:22:00 (#8), as proposed from #2", "said worse at", "as proposed from #2;", "said stable at", "not as proposed",
		"*redacted*", "Asked for by", "decided about in D1", "unknown",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the document lacks %q:\n%s", want, got)
		}
	}
	for _, canary := range []string{"hunter2", "coffee", "#6", "INC-8"} {
		if strings.Contains(got, canary) {
			t.Errorf("the document holds %q", canary)
		}
	}
	o.Suspects = &timelinev1.ListSuspectsResponse{ProposedBy: "system"}
	if got := write(t, checkout(t).v, o); strings.Contains(got, "What was measured") || strings.Contains(got, "What had changed") {
		t.Error("nothing was measured or changed, and there are sections about it")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".md")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (write it anew with -update):\n%s", file, got)
	}
}

func TestGolden(t *testing.T) {
	golden(t, "checkout", write(t, checkout(t).v, options()))
	golden(t, "searched", write(t, searched(t).v, options()))
	open := begin(t).then("p-ada", incident.Declared{Number: 2, Title: "Slow", Status: incident.StatusTriage, Drill: true, Private: true})
	golden(t, "open", write(t, open.v, options()))
	open.then("p-ada", incident.EntryRedacted{Entry: 1}).then("p-ada", incident.Merged{Into: "other", Reason: "same cause"}).
		then("p-ada", incident.PublicUpdatePublished{UpdateID: "u", Message: "gone"}).
		then("p-ada", incident.PublicUpdateRetracted{UpdateID: "u"}).then("p-ada", incident.EntryRedacted{Entry: 4})
	past := options()
	past.KnownAt = noon.Add(6 * time.Hour)
	golden(t, "merged", write(t, open.v, past))
}

func TestWhatIsGoneOrHiddenIsNotThere(t *testing.T) {
	got := write(t, checkout(t).v, options()) + write(t, searched(t).v, options())
	for _, canary := range []string{"hunter2", "coffee", "runing", "p-ada", "p-bob", "\x1f"} {
		if strings.Contains(got, canary) {
			t.Errorf("the document holds %q", canary)
		}
	}
	for _, want := range []string{"*redacted*", "Rollback is running.", "(pinned)", "(edited)", "Eve from vendor", "Deploy 812"} {
		if !strings.Contains(got, want) {
			t.Errorf("the document lacks %q", want)
		}
	}
}

func TestHappenedAtIsSaid(t *testing.T) {
	o := options()
	o.HappenedAt = noon
	if got := write(t, checkout(t).v, o); !strings.Contains(got, "As happened at 2026-03-01 23:30:00") {
		t.Error("the document does not say that it is of the past")
	}
}
