package incident_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// supposedPast is a past in which H1 was supposed, and then more.
func supposedPast(more ...incident.Event) []act {
	return commanded(append([]incident.Event{incident.HypothesisAdded{Hypothesis: 1, Text: "pool exhausted"}}, more...)...)
}

func TestHypotheses(t *testing.T) {
	confirmed := incident.HypothesisConfirmed{Hypothesis: 1, Reason: "r"}
	eliminated := incident.HypothesisEliminated{Hypothesis: 1, Reason: "r"}
	reopened := incident.HypothesisReopened{Hypothesis: 1, Reason: "r"}
	confirm := incident.ConfirmHypothesis{Hypothesis: 1, Reason: "r"}
	eliminate := incident.EliminateHypothesis{Hypothesis: 1, Reason: "r"}
	reopen := incident.ReopenHypothesis{Hypothesis: 1, Reason: "r"}
	run(t, []scenario{
		{
			name: "the first", given: commanded(), who: cy,
			when: incident.AddHypothesis{Text: "pool exhausted", Because: "waits grew", Eliminate: "free connections"},
			then: []incident.Event{incident.HypothesisAdded{Hypothesis: 1, Text: "pool exhausted", Because: "waits grew", Eliminate: "free connections"}},
		},
		{
			name: "the second, after the end", given: past(supposedPast(), by(bob, incident.Resolved{})),
			when: incident.AddHypothesis{Text: "bad release"},
			then: []incident.Event{incident.HypothesisAdded{Hypothesis: 2, Text: "bad release"}},
		},
		{
			name: "tested", given: supposedPast(), who: cy, when: incident.TestHypothesis{Hypothesis: 1, Text: "20 of 20"},
			then: []incident.Event{incident.HypothesisTested{Hypothesis: 1, Text: "20 of 20"}},
		},
		{
			name: "tested though eliminated", given: supposedPast(eliminated), when: incident.TestHypothesis{Hypothesis: 1, Text: "x"},
			then: []incident.Event{incident.HypothesisTested{Hypothesis: 1, Text: "x"}},
		},
		{name: "confirmed", given: supposedPast(), who: cy, when: confirm, then: []incident.Event{confirmed}},
		{name: "eliminated", given: supposedPast(), who: cy, when: eliminate, then: []incident.Event{eliminated}},
		{name: "eliminated though confirmed", given: supposedPast(confirmed), when: eliminate, then: []incident.Event{eliminated}},
		{name: "reopened", given: supposedPast(eliminated), when: reopen, then: []incident.Event{reopened}},
		{name: "confirmed when reopened", given: supposedPast(eliminated, reopened), when: confirm, then: []incident.Event{confirmed}},
		{
			name: "confirmed though eliminated", given: supposedPast(eliminated), when: confirm,
			refused: incident.WrongState, reason: "hypothesis_eliminated",
		},
		{name: "confirmed twice", given: supposedPast(confirmed), when: confirm, refused: incident.AlreadyDone, reason: "already_confirmed"},
		{name: "eliminated twice", given: supposedPast(eliminated), when: eliminate, refused: incident.AlreadyDone, reason: "already_eliminated"},
		{name: "reopened though open", given: supposedPast(), when: reopen, refused: incident.AlreadyDone, reason: "already_open"},
		{
			name: "no such one", given: supposedPast(), when: incident.TestHypothesis{Hypothesis: 2, Text: "x"},
			refused: incident.NotFound, reason: "no_such_hypothesis", field: "hypothesis",
		},
		{name: "merged", given: mergedPast(), when: incident.AddHypothesis{Text: "x"}, refused: incident.WrongState, reason: "merged"},
		bad("nothing supposed", "text", "required", incident.AddHypothesis{Text: " "}),
		bad("several lines", "text", "not_one_line", incident.AddHypothesis{Text: "a\nb"}),
		bad("too long", "text", "too_long", incident.AddHypothesis{Text: strings.Repeat("é", 201)}),
		bad("long grounds", "because", "too_long", incident.AddHypothesis{Text: "a", Because: strings.Repeat("x", 2049)}),
		bad("no result", "text", "required", incident.TestHypothesis{Hypothesis: 1}),
		bad("no reason to confirm", "reason", "required", incident.ConfirmHypothesis{Hypothesis: 1}),
		bad("no reason to eliminate", "reason", "required", incident.EliminateHypothesis{Hypothesis: 1}),
		bad("no reason to reopen", "reason", "required", incident.ReopenHypothesis{Hypothesis: 1}),
	})
}

func TestParseHypothesis(t *testing.T) {
	for text, want := range map[string]uint64{"H1": 1, "h12": 12, " 3 ": 3} {
		if got, err := incident.ParseHypothesis(text); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "H", "H0", "D1", "-1", "+1", "H99999999999"} {
		if got, err := incident.ParseHypothesis(text); incident.KindOf(err) != incident.InvalidArgument {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
}

// The text of a hypothesis is read back as it was put together.
func TestHypothesisTextComesBack(t *testing.T) {
	line := rapid.StringMatching("[a-z][a-z *:]{0,10}[a-z]")
	words := rapid.OneOf(rapid.Just(""), rapid.StringMatching("[a-z][a-z \n:]{0,20}[a-z]"))
	rapid.Check(t, func(t *rapid.T) {
		text, because, eliminate := line.Draw(t, "text"), words.Draw(t, "because"), words.Draw(t, "eliminate")
		a, b, c := incident.SplitHypothesis(incident.JoinHypothesis(text, because, eliminate))
		if a != text || b != because || c != eliminate {
			t.Fatalf("%q %q %q came back as %q %q %q", text, because, eliminate, a, b, c)
		}
	})
	if a, b, c := incident.SplitHypothesis("a\nfree words"); a != "a" || b != "free words" || c != "" {
		t.Errorf("%q %q %q", a, b, c)
	}
}

func TestACorrectedHypothesisKeepsItsReasons(t *testing.T) {
	for _, c := range []struct{ corrected, text, because, eliminate string }{
		{"pool is full", "pool is full", "b", "e"},
		{" pool is full \n", "pool is full", "b", "e"},
		{"pool\n\nBecause: c", "pool", "c", ""},
		{"pool\n\nEliminated if: f", "pool", "", "f"},
		{"pool\n\nBecause: c\n\nEliminated if: f", "pool", "c", "f"},
		{"pool\n\nBecause:", "pool", "", ""},
		{"pool\n\nBecause: c\n\nEliminated if:", "pool", "c", ""},
		{"", "", "", ""},
	} {
		text, because, eliminate := incident.CorrectHypothesis("b", "e", c.corrected)
		if text != c.text || because != c.because || eliminate != c.eliminate {
			t.Errorf("%q: %q %q %q", c.corrected, text, because, eliminate)
		}
	}
}
