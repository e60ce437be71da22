package incident_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestAssess(t *testing.T) {
	worse := incident.Assess{Trend: incident.TrendWorse, Reason: "errors doubled"}
	event := []incident.Event{incident.Assessed{Trend: incident.TrendWorse, Reason: "errors doubled"}}
	run(t, []scenario{
		{name: "by anybody", given: commanded(), who: cy, when: worse, then: event},
		{name: "again", given: commanded(incident.Assessed{Trend: incident.TrendWorse}), when: worse, then: event},
		{name: "when it is over", given: resolvedPast(), when: worse, refused: incident.WrongState, reason: "already_resolved"},
		{name: "afterwards of an earlier time", given: resolvedPast(), when: worse, occurred: incidenttest.Start(), then: event},
		bad("no trend", "trend", "unknown_trend", incident.Assess{}),
		bad("a trend of a later version", "trend", "unknown_trend", incident.Assess{Trend: 4}),
		bad("a long reason", "reason", "too_long", incident.Assess{Trend: incident.TrendBetter, Reason: strings.Repeat("x", 2049)}),
	})
	for _, word := range []string{"worse", "Stable", " better "} {
		if got, err := incident.ParseTrend(word); err != nil || !got.Known() {
			t.Errorf("%q: %v, %v", word, got, err)
		}
	}
}

func TestMakeDecision(t *testing.T) {
	full := incident.MakeDecision{
		Choice: incident.FixForward, Reason: "the release changed data", Options: []string{"roll back", "wait"},
		Checks: []incident.Check{{Item: "recent-deploy", Holds: true}}, Hypothesis: 1, Change: "deploy-812", Entry: 3,
	}
	made := incident.DecisionMade{
		Decision: 1, Choice: incident.FixForward, Reason: "the release changed data", Options: []string{"roll back", "wait"},
		Checks: []incident.Check{{Item: "recent-deploy", Holds: true}}, Hypothesis: 1, Change: "deploy-812", Entry: 3,
	}
	decide := func(choice, reason string) incident.MakeDecision {
		return incident.MakeDecision{Choice: choice, Reason: reason}
	}
	run(t, []scenario{
		{name: "with all it is about", given: supposedPast(), who: bob, when: full, then: []incident.Event{made}},
		{
			name: "rollback needs no reason", given: supposedPast(made), who: bob, when: decide(incident.Rollback, ""),
			then: []incident.Event{incident.DecisionMade{Decision: 2, Choice: incident.Rollback}},
		},
		{name: "by another", given: commanded(), who: cy, when: decide(incident.Rollback, ""), refused: incident.Denied, reason: "not_commander"},
		{
			name: "about no hypothesis", given: commanded(), who: bob, when: incident.MakeDecision{Choice: "wait", Reason: "r", Hypothesis: 1},
			refused: incident.NotFound, reason: "no_such_hypothesis", field: "hypothesis",
		},
		{
			name: "about no entry", given: commanded(), who: bob, when: incident.MakeDecision{Choice: "wait", Reason: "r", Entry: 9},
			refused: incident.NotFound, reason: "no_such_entry", field: "entry",
		},
		bad("nothing", "choice", "required", incident.MakeDecision{Reason: "r"}),
		bad("fix forward without a reason", "reason", "required", decide(incident.FixForward, " ")),
		bad("another without a reason", "reason", "required", decide("wait", "")),
		bad("no label", "choice", "not_a_label", decide("Fix Forward", "r")),
		bad("empty option", "options", "required", incident.MakeDecision{Choice: "rollback", Options: []string{""}}),
		bad("many options", "options", "too_many", incident.MakeDecision{Choice: "rollback", Options: make([]string, 21)}),
		bad("many answers", "checks", "too_many", incident.MakeDecision{Choice: "rollback", Checks: make([]incident.Check, 101)}),
		bad("an answer to nothing", "checks", "required", incident.MakeDecision{Choice: "rollback", Checks: []incident.Check{{}}}),
		bad("an answer to no line", "checks", "not_a_label", incident.MakeDecision{Choice: "rollback", Checks: []incident.Check{{Item: "A b"}}}),
		bad("answered twice", "checks", "twice", incident.MakeDecision{Choice: "rollback", Checks: []incident.Check{{Item: "a"}, {Item: "a"}}}),
		bad("no change", "change", "not_a_name", incident.MakeDecision{Choice: "rollback", Change: " x"}),
	})
	for word, want := range map[string]string{"rollback": "rollback", "Roll back": "rollback", "fix-forward": "fix_forward", "fail over": "fail_over"} {
		if got, err := incident.ParseChoice(word); err != nil || got != want {
			t.Errorf("%q: %q, %v", word, got, err)
		}
	}
	if _, err := incident.ParseChoice("was nun?"); incident.KindOf(err) != incident.InvalidArgument {
		t.Errorf("no label: %v", err)
	}
}

func TestImpactWindow(t *testing.T) {
	now := incidenttest.Start().Add(time.Hour) // the scenarios' present
	at := func(minutes int) time.Time { return incidenttest.Start().Add(time.Duration(minutes) * time.Minute) }
	started := incident.ImpactStarted{At: at(10)}
	ended := incident.ImpactEnded{At: at(20)}
	start, end := incident.StartImpact{}, incident.EndImpact{}
	began := func(when time.Time, again bool) []incident.Event {
		return []incident.Event{incident.ImpactStarted{At: when, Again: again}}
	}
	run(t, []scenario{
		{name: "starts now", given: commanded(), who: bob, when: start, then: began(now, false)},
		{name: "started earlier", given: commanded(), who: bob, when: start, occurred: at(-60), then: began(at(-60), false)},
		{name: "revised", given: commanded(started), who: bob, when: start, occurred: at(5), then: began(at(5), false)},
		{name: "revised to the same", given: commanded(started), who: bob, when: start, occurred: at(10), nothing: true},
		{name: "started already", given: commanded(started), who: bob, when: start, refused: incident.AlreadyDone, reason: "impact_started"},
		{name: "revised after the end", given: commanded(started, ended), who: bob, when: start, occurred: at(15), then: began(at(15), false)},
		{name: "again", given: commanded(started, ended), who: bob, when: start, then: began(now, true)},
		{name: "again at the end", given: commanded(started, ended), who: bob, when: start, occurred: at(20), then: began(at(20), true)},
		{
			name: "ends", given: commanded(started), who: bob, when: incident.EndImpact{Reason: "r"}, occurred: at(30),
			then: []incident.Event{incident.ImpactEnded{At: at(30), Reason: "r"}},
		},
		{
			name: "end revised", given: commanded(started, ended), who: bob, when: end, occurred: at(12),
			then: []incident.Event{incident.ImpactEnded{At: at(12)}},
		},
		{name: "end revised to the same", given: commanded(started, ended), who: bob, when: end, occurred: at(20), nothing: true},
		{name: "ended already", given: commanded(started, ended), who: bob, when: end, refused: incident.AlreadyDone, reason: "impact_ended"},
		{name: "never started", given: commanded(), who: bob, when: end, refused: incident.WrongState, reason: "impact_not_started"},
		{
			name: "ends before it starts", given: commanded(started), who: bob, when: end, occurred: at(9),
			refused: incident.InvalidArgument, reason: "before_start", field: "occurred_at",
		},
		{name: "by another", given: commanded(), who: cy, when: start, refused: incident.Denied, reason: "not_commander"},
		{name: "ended by another", given: commanded(started), who: cy, when: end, refused: incident.Denied, reason: "not_commander"},
	})
	s := fold(commanded(started, ended, incident.ImpactStarted{At: at(40), Again: true}))
	if !s.ImpactStart.Equal(at(10)) || !s.ImpactEnd.IsZero() {
		t.Errorf("again: from %v to %v", s.ImpactStart, s.ImpactEnd)
	}
}

func TestBlastRadius(t *testing.T) {
	full := incident.SetBlastRadius{
		Services: []string{"checkout"}, Components: []string{"api"}, Regions: []string{"eu"}, Customers: 3,
		CustomerNames: []string{"Acme"}, Text: "cards only",
	}
	run(t, []scenario{
		{name: "by anybody", given: commanded(), who: cy, when: full, then: []incident.Event{incident.BlastRadiusChanged(full)}},
		{
			name: "a number alone", given: closedPast(), when: incident.SetBlastRadius{Customers: 1},
			then: []incident.Event{incident.BlastRadiusChanged{Customers: 1}},
		},
		bad("nothing", "text", "required", incident.SetBlastRadius{}),
		bad("a service twice", "services", "twice", incident.SetBlastRadius{Services: []string{"a", "a"}}),
		bad("no component", "components", "required", incident.SetBlastRadius{Components: []string{""}}),
		bad("no region", "regions", "not_a_name", incident.SetBlastRadius{Regions: []string{" eu"}}),
		bad("many regions", "regions", "too_many", incident.SetBlastRadius{Regions: make([]string, 501)}),
		bad("a customer on two lines", "customer_names", "not_one_line", incident.SetBlastRadius{CustomerNames: []string{"a\nb"}}),
	})
}

// What is put together for eyes is read back as it was.
func TestListsInTextsComeBack(t *testing.T) {
	line := rapid.StringMatching("[a-z][a-z -]{0,10}[a-z]")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(""), rapid.StringMatching("[a-z][a-z \n-]{0,20}[a-z]")).Draw(t, "text")
		items := rapid.SliceOfN(line, 0, 4).Draw(t, "items")
		if got, list := incident.SplitDecision(incident.JoinDecision(text, items)); got != text || !slices.Equal(list, items) {
			t.Fatalf("%q %q came back as %q %q", text, items, got, list)
		}
		if got, list := incident.SplitBlastRadius(incident.JoinBlastRadius(text, items)); got != text || !slices.Equal(list, items) {
			t.Fatalf("%q %q came back as %q %q", text, items, got, list)
		}
	})
	edited := "because\n\nOptions considered:\n- a\nand so on"
	if got, list := incident.SplitDecision(edited); got != edited || list != nil {
		t.Errorf("%q %q", got, list)
	}
}

func TestCategory(t *testing.T) {
	to := incident.ChangeCategory{To: "capacity"}
	given := declaredEvent()
	given.Category = "change"
	run(t, []scenario{
		{name: "first", given: commanded(), who: cy, when: to, then: []incident.Event{incident.CategoryChanged{To: "capacity"}}},
		{name: "from that of the declaration", given: by(ann, given), when: to, then: []incident.Event{incident.CategoryChanged{From: "change", To: "capacity"}}},
		{name: "the same", given: commanded(incident.CategoryChanged{To: "capacity"}), when: to, nothing: true},
		{name: "in the review", given: closedPast(), when: to, then: []incident.Event{incident.CategoryChanged{To: "capacity"}}},
		bad("none", "category", "required", incident.ChangeCategory{}),
		bad("no name", "category", "not_a_name", incident.ChangeCategory{To: "a\nb"}),
	})
}

func TestRelateIncident(t *testing.T) {
	duplicate := incident.RelateIncident{Other: "inc-7", Relation: incident.DuplicateOf, OtherExists: true}
	event := []incident.Event{incident.Related{Other: "inc-7", Relation: incident.DuplicateOf}}
	merged := duplicate
	merged.OtherMergedInto = "inc-8"
	run(t, []scenario{
		{name: "duplicate", given: commanded(), who: cy, when: duplicate, then: event},
		{name: "again", given: commanded(event...), when: duplicate, nothing: true},
		{name: "another relation", given: commanded(incident.Related{Other: "inc-7", Relation: incident.RelatedTo}), when: duplicate, then: event},
		{name: "merged elsewhere", given: commanded(), when: merged, refused: incident.WrongState, reason: "other_merged"},
		{name: "merged since", given: commanded(event...), when: merged, nothing: true},
		{
			name: "hidden or absent", given: commanded(), when: incident.RelateIncident{Other: "inc-7", Relation: incident.RelatedTo},
			refused: incident.NotFound, reason: "no_such_incident", field: "other",
		},
		bad("itself", "other", "itself", incident.RelateIncident{Other: "inc-41", Relation: incident.RelatedTo, OtherExists: true}),
		bad("no incident", "other", "not_an_id", incident.RelateIncident{Other: "a b", Relation: incident.RelatedTo}),
		bad("no relation", "relation", "unknown_relation", incident.RelateIncident{Other: "inc-7"}),
		bad("a relation of a later version", "relation", "unknown_relation", incident.RelateIncident{Other: "inc-7", Relation: 4}),
	})
	for _, r := range []incident.Relation{incident.RelatedTo, incident.DuplicateOf, incident.DuplicatedBy} {
		if parsed, err := incident.ParseRelation(r.String()); err != nil || parsed != r || r.Inverse().Inverse() != r {
			t.Errorf("%v: %v, %v", r, parsed, err)
		}
	}
}

func TestUnrelateIncident(t *testing.T) {
	back := incident.UnrelateIncident{Other: "inc-7", OtherExists: true}
	related := incident.Related{Other: "inc-7", Relation: incident.DuplicateOf}
	event := incident.Unrelated{Other: "inc-7"}
	run(t, []scenario{
		{name: "taken back", given: commanded(related), who: cy, when: back, then: []incident.Event{event}},
		{name: "never related", given: commanded(), when: back, nothing: true},
		{name: "again", given: commanded(related, event), when: back, nothing: true},
		{name: "related once more", given: commanded(related, event), when: incident.RelateIncident{Other: "inc-7", Relation: incident.RelatedTo, OtherExists: true}, then: []incident.Event{incident.Related{Other: "inc-7", Relation: incident.RelatedTo}}},
		{name: "after a merge", given: declared(related, incident.Merged{Into: "inc-8"}), when: back, then: []incident.Event{event}},
		{
			name: "hidden or absent", given: commanded(related), when: incident.UnrelateIncident{Other: "inc-7"},
			refused: incident.NotFound, reason: "no_such_incident", field: "other",
		},
		bad("no incident", "other", "not_an_id", incident.UnrelateIncident{Other: "a b", OtherExists: true}),
	})
}
