package view_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// investigate draws a command of the search for the cause.
func investigate(t *rapid.T, words string) incident.Command {
	h := rapid.Uint64Range(1, 3).Draw(t, "hypothesis")
	return rapid.SampledFrom([]incident.Command{
		incident.AddHypothesis{Text: "pool exhausted", Because: words, Eliminate: words},
		incident.AddHypothesis{Text: "bad release"},
		incident.TestHypothesis{Hypothesis: h, Text: words},
		incident.ConfirmHypothesis{Hypothesis: h, Reason: words},
		incident.EliminateHypothesis{Hypothesis: h, Reason: words},
		incident.ReopenHypothesis{Hypothesis: h, Reason: words},
		incident.Assess{Trend: incident.TrendWorse, Reason: words},
		incident.MakeDecision{Choice: incident.FixForward, Reason: words, Options: []string{"wait"}, Checks: []incident.Check{{Item: "safe"}}},
		incident.StartImpact{Reason: words},
		incident.EndImpact{Reason: words},
		incident.ChangeCategory{To: words},
		incident.RelateIncident{Other: "inc-7", Relation: incident.Relation(h), OtherExists: true},
		incident.UnrelateIncident{Other: "inc-7", OtherExists: true},
		incident.SetBlastRadius{Services: []string{"checkout"}, CustomerNames: []string{"Acme"}, Text: words},
	}).Draw(t, "investigation")
}

// compareInvestigation holds that the view agrees with the state that decides.
func compareInvestigation(t *rapid.T, i view.Incident, state incident.State) {
	if len(i.Hypotheses) != state.Hypotheses() {
		t.Fatalf("%d hypotheses, state has %d", len(i.Hypotheses), state.Hypotheses())
	}
	if w := i.Window; !w.Start.Equal(state.ImpactStart) || !w.End.Equal(state.ImpactEnd) || uint64(len(i.Decisions)) != state.Decisions() {
		t.Fatalf("impact %+v, %d decisions; state %v %v, %d", w, len(i.Decisions), state.ImpactStart, state.ImpactEnd, state.Decisions())
	}
	if i.Category != state.Category {
		t.Fatalf("category %q, state %q", i.Category, state.Category)
	}
	for _, r := range i.Related {
		if r.Relation != state.RelationTo(r.ID) {
			t.Fatalf("%s is %v, state says %v", r.ID, r.Relation, state.RelationTo(r.ID))
		}
	}
	for _, h := range i.Hypotheses {
		if h.Verdict != state.Hypothesis(h.Number) {
			t.Fatalf("H%d is %v, state says %v", h.Number, h.Verdict, state.Hypothesis(h.Number))
		}
	}
}

func supposed() story {
	return declared().
		then("bob", incident.HypothesisAdded{Hypothesis: 1, Text: "pool exhausted", Because: "waits grew", Eliminate: "free connections"}).
		then("eve", incident.HypothesisTested{Hypothesis: 1, Text: "20 of 20 taken"}).
		then("eve", incident.HypothesisEliminated{Hypothesis: 1, Reason: "the other region has free ones"})
}

func TestHypothesesStayVisible(t *testing.T) {
	v := fold(t, supposed())
	want := []view.Hypothesis{{
		Number: 1, Verdict: incident.VerdictEliminated, Entry: 2, Text: "pool exhausted", Because: "waits grew",
		Eliminate: "free connections", Added: at(1), AddedBy: "bob",
		Tests:  []view.Finding{{Entry: 3, Text: "20 of 20 taken", OccurredAt: at(2), Actor: "eve"}},
		Judged: view.Finding{Entry: 4, Text: "the other region has free ones", OccurredAt: at(3), Actor: "eve"},
	}}
	if !reflect.DeepEqual(v.Incident.Hypotheses, want) {
		t.Errorf("got %+v\nwant %+v", v.Incident.Hypotheses, want)
	}
	if e := v.Entry(2); e.Headline != "Hypothesis H1" || e.Text != "pool exhausted\n\nBecause: waits grew\n\nEliminated if: free connections" {
		t.Errorf("entry %+v", e)
	}
}

func TestHypothesesAreCorrectedAndRedacted(t *testing.T) {
	s := supposed().
		then("bob", incident.EntryEdited{Entry: 2, Text: "queue exhausted\n\nEliminated if: it drains"}).
		then("eve", incident.EntryEdited{Entry: 3, Text: "19 of 20 taken"}).
		then("eve", incident.EntryEdited{Entry: 4, Text: "measured anew"})
	h := fold(t, s).Incident.Hypotheses[0]
	if h.Text != "queue exhausted" || h.Because != "" || h.Eliminate != "it drains" || h.Tests[0].Text != "19 of 20 taken" || h.Judged.Text != "measured anew" {
		t.Errorf("corrected: %+v", h)
	}
	s = supposed()
	for entry := uint64(2); entry <= 4; entry++ {
		s = s.then("bob", incident.EntryRedacted{Entry: entry, ReasonCode: "secret"})
	}
	h = fold(t, s).Incident.Hypotheses[0]
	if h.Text+h.Because+h.Eliminate+h.Tests[0].Text+h.Judged.Text != "" || h.Verdict != incident.VerdictEliminated {
		t.Errorf("redacted: %+v", h)
	}
}

func TestHypothesesInThePast(t *testing.T) {
	known, err := view.KnownAt(supposed(), nil, at(2))
	if err != nil || known.Incident.Hypotheses[0].Verdict != incident.VerdictOpen || len(known.Incident.Hypotheses[0].Tests) != 1 {
		t.Errorf("known: %+v, %v", known, err)
	}
	// What judges a hypothesis before it was supposed shows as soon as both hold.
	s := declared().
		then("bob", incident.HypothesisAdded{Hypothesis: 1, Text: "pool exhausted"}).
		late("eve", incident.HypothesisConfirmed{Hypothesis: 1, Reason: "the graph"}, at(-5))
	before, err := view.HappenedAt(s, nil, at(0))
	if err != nil || len(before.Incident.Hypotheses) != 0 {
		t.Errorf("before: %+v, %v", before, err)
	}
	after, err := view.HappenedAt(s, nil, at(1))
	if err != nil || after.Incident.Hypotheses[0].Verdict != incident.VerdictConfirmed {
		t.Errorf("after: %+v, %v", after, err)
	}
}

func judged() story {
	return declared().
		then("eve", incident.Assessed{Trend: incident.TrendWorse, Reason: "errors doubled"}).
		then("eve", incident.DecisionMade{
			Decision: 1, Choice: incident.FixForward, Reason: "data changed", Options: []string{"roll back"},
			Checks: []incident.Check{{Item: "recent-deploy", Holds: true}, {Item: "safe"}}, Hypothesis: 2, Change: "deploy-812", Entry: 2,
		}).
		then("bob", incident.BlastRadiusChanged{
			Services: []string{"checkout"}, Regions: []string{"1", "2", "3", "4", "5", "6"}, Customers: 2, CustomerNames: []string{"Acme"}, Text: "cards",
		})
}

func TestAssessmentsDecisionsAndBlastRadius(t *testing.T) {
	v := fold(t, judged())
	for entry, want := range map[uint64]string{
		2: "Getting worse", 3: "Decision D1: fix forward (H2, deploy-812, entry 2); recent-deploy yes, safe no",
		4: "Blast radius: services checkout; regions 1, 2, 3, 4, 5 and 1 more; 2 customers",
	} {
		if got := v.Entry(entry).Headline; got != want {
			t.Errorf("entry %d: %q, want %q", entry, got, want)
		}
	}
	if got := v.Entry(3).Text; got != "data changed\n\nOptions considered:\n- roll back" {
		t.Errorf("decision %q", got)
	}
	if got := v.Entry(4).Text; got != "cards\n\nCustomers:\n- Acme" {
		t.Errorf("blast radius %q", got)
	}
	s := judged().
		then("eve", incident.EntryEdited{Entry: 2, Text: "errors tripled"}).
		then("eve", incident.EntryEdited{Entry: 3, Text: "Options considered:\n- wait"}).
		then("bob", incident.EntryEdited{Entry: 4, Text: "cards only"})
	i := fold(t, s).Incident
	if i.Assessments[0].Text != "errors tripled" || i.Decisions[0].Text != "" || i.Decisions[0].Options[0] != "wait" ||
		i.BlastRadii[0].Text != "cards only" || i.BlastRadii[0].CustomerNames != nil {
		t.Errorf("corrected: %+v %+v %+v", i.Assessments, i.Decisions, i.BlastRadii)
	}
	for entry := uint64(2); entry <= 4; entry++ {
		s = s.then("bob", incident.EntryRedacted{Entry: entry + 3, ReasonCode: "secret"}).then("bob", incident.EntryRedacted{Entry: entry, ReasonCode: "secret"})
	}
	i = fold(t, s).Incident
	if i.Assessments[0].Text+i.Decisions[0].Text+i.BlastRadii[0].Text != "" || i.Decisions[0].Options != nil || i.BlastRadii[0].CustomerNames != nil ||
		i.Decisions[0].Choice != incident.FixForward || i.BlastRadii[0].Customers != 2 {
		t.Errorf("redacted: %+v %+v %+v", i.Assessments, i.Decisions, i.BlastRadii)
	}
}

func TestImpactWindowIsRevisedAndComesAgain(t *testing.T) {
	s := declared().
		late("bob", incident.ImpactStarted{At: at(-10)}, at(-10)).
		late("bob", incident.ImpactEnded{At: at(5)}, at(5)).
		late("bob", incident.ImpactStarted{At: at(-20)}, at(-20)).
		late("bob", incident.ImpactStarted{At: at(8), Again: true}, at(8)).
		late("bob", incident.ImpactEnded{At: at(9)}, at(9))
	if got, want := fold(t, s).Incident.Window, (view.ImpactWindow{Start: at(-20), End: at(9), StartEntry: 4, EndEntry: 6}); got != want {
		t.Errorf("now %+v, want %+v", got, want)
	}
	if got := knownAt(t, s, at(2)).Incident.Window; got.Start != at(-10) || got.End != at(5) {
		t.Errorf("known: %+v", got)
	}
	if got := happenedAt(t, s, at(6)).Incident.Window; got.Start != at(-20) || got.End != at(5) {
		t.Errorf("happened after the first end: %+v", got)
	}
	if got := happenedAt(t, s, at(8)).Incident.Window; got.Start != at(-20) || !got.End.IsZero() {
		t.Errorf("happened when it was there again: %+v", got)
	}
	for entry, want := range map[uint64]string{2: "Impact began", 3: "Impact ended", 4: "Impact began, revised", 5: "Impact is there again"} {
		if got := fold(t, s).Entry(entry).Headline; got != want {
			t.Errorf("entry %d: %q", entry, got)
		}
	}
}

func TestCategoryAndRelations(t *testing.T) {
	s := declared().
		then("ada", incident.CategoryChanged{To: "change"}).
		then("ada", incident.CategoryChanged{From: "change", To: "capacity"}).
		then("ada", incident.Related{Other: "other", Relation: incident.RelatedTo}).
		then("ada", incident.Related{Other: "third", Relation: incident.DuplicatedBy}).
		then("ada", incident.Related{Other: "other", Relation: incident.DuplicateOf})
	i := fold(t, s).Incident
	want := []view.Related{{ID: "other", Relation: incident.DuplicateOf, Entry: 6}, {ID: "third", Relation: incident.DuplicatedBy, Entry: 5}}
	if i.Category != "capacity" || !reflect.DeepEqual(i.Related, want) {
		t.Errorf("%q %+v", i.Category, i.Related)
	}
	if before := knownAt(t, s, at(1)).Incident; before.Category != "change" || before.Related != nil {
		t.Errorf("known: %+v", before)
	}
	for entry, headline := range map[uint64]string{
		2: "Category change", 3: "Category change → capacity",
		5: "Duplicated by " + view.MarkOther("third"), 6: "Duplicate of " + view.MarkOther("other"),
	} {
		if got := fold(t, s).Entry(entry).Headline; got != headline {
			t.Errorf("entry %d: %q", entry, got)
		}
	}
}

func TestRelationsAreTakenBack(t *testing.T) {
	s := declared().
		then("ada", incident.Related{Other: "other", Relation: incident.RelatedTo}).
		then("ada", incident.Related{Other: "third", Relation: incident.DuplicatedBy}).
		then("ada", incident.Unrelated{Other: "other"}).
		then("ada", incident.Unrelated{Other: "nobody"})
	i := fold(t, s).Incident
	if want := []view.Related{{ID: "third", Relation: incident.DuplicatedBy, Entry: 3}}; !reflect.DeepEqual(i.Related, want) {
		t.Errorf("got %+v", i.Related)
	}
	if before := knownAt(t, s, at(2)).Incident; len(before.Related) != 2 {
		t.Errorf("known before: %+v", before.Related)
	}
	if got := fold(t, s).Entry(4).Headline; got != "Not related to "+view.MarkOther("other")+" any more" {
		t.Errorf("got %q", got)
	}
}

func TestReviewIsAFollowUp(t *testing.T) {
	due := at(60)
	s := declared().
		then("ada", incident.CategoryChanged{To: "capacity"}).
		then("notifier", incident.ReviewScheduled{FollowUp: 1, Category: "capacity", Earlier: []incident.ID{"other"}, Window: 48 * time.Hour, Due: due}).
		then("ada", incident.FollowUpEnded{FollowUp: 1, Outcome: incident.Done})
	i := fold(t, s).Incident
	want := []view.Review{{Category: "capacity", Earlier: []incident.ID{"other"}, Window: 48 * time.Hour, Due: due, FollowUp: "F1", Entry: 3}}
	if !reflect.DeepEqual(i.Reviews, want) {
		t.Errorf("got %+v", i.Reviews)
	}
	if len(i.FollowUps) != 1 || i.FollowUps[0].Text != "Review together what happened: the category capacity came again within 2 days" ||
		i.FollowUps[0].Outcome != incident.Done || i.FollowUps[0].Purpose != incident.FollowUpProcess {
		t.Errorf("follow-ups %+v", i.FollowUps)
	}
	if facts := i.Clocks.Facts(); len(facts.FollowUps) != 1 || !facts.FollowUps[0].Due.Equal(due) || facts.FollowUps[0].Done.Never() {
		t.Errorf("clocks know %+v", facts.FollowUps)
	}
}

// A correction of what is supposed leaves the reasons; when one is redacted that gave
// other reasons, those are gone everywhere.
func TestACorrectionKeepsTheReasonsOfAHypothesis(t *testing.T) {
	s := declared().
		then("ada", incident.HypothesisAdded{Hypothesis: 1, Text: "pool", Because: "errors", Eliminate: "idle"}).
		then("ada", incident.EntryEdited{Entry: 2, Text: "pool is full"})
	h := fold(t, s).Incident.Hypotheses[0]
	if h.Text != "pool is full" || h.Because != "errors" || h.Eliminate != "idle" {
		t.Errorf("got %+v", h)
	}
	if e := fold(t, s).Entry(2); e.Text != "pool is full\n\nBecause: errors\n\nEliminated if: idle" || e.Original != "pool\n\nBecause: errors\n\nEliminated if: idle" {
		t.Errorf("the entry says %q, at first %q", e.Text, e.Original)
	}
	s = s.then("ada", incident.EntryEdited{Entry: 2, Text: "pool\n\nBecause: canary"}).then("ada", incident.EntryEdited{Entry: 2, Text: "the pool"})
	if h := fold(t, s).Incident.Hypotheses[0]; h.Text != "the pool" || h.Because != "canary" || h.Eliminate != "" {
		t.Errorf("got %+v", h)
	}
	v := fold(t, s)
	v.Redact(4)
	if h := v.Incident.Hypotheses[0]; h.Text != "the pool" || h.Because != "errors" || h.Eliminate != "idle" || strings.Contains(v.Entry(2).Text, "canary") {
		t.Errorf("after the redaction: %+v, entry %q", h, v.Entry(2).Text)
	}
}
