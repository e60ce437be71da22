package importer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// TestVerdictsAreAboutWhatWasSupposedLast: histories do not name their hypotheses.
func TestVerdictsAreAboutWhatWasSupposedLast(t *testing.T) {
	t.Parallel()
	h := importer.NewHistory(declaration())
	minute := 0
	at := func() time.Time { minute++; return start.Add(time.Duration(minute) * time.Minute) }
	h.Test(at(), "Nothing is supposed yet", "dev")
	h.Hypothesis(at(), "dev: The network")
	h.Hypothesis(at(), "dev: The pool")
	h.Test(at(), "The pool is empty", "dev")
	h.Eliminate(at(), "dev: It refills")
	h.Confirm(at(), "dev: A cable")
	h.Confirm(at(), "dev: And a wrong setting")
	want := []string{
		"add_note", "add_hypothesis", "add_hypothesis", "test_hypothesis", "eliminate_hypothesis", "confirm_hypothesis",
		"add_hypothesis", "confirm_hypothesis",
	}
	if got := steps(t, h); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	built, err := h.Build()
	if err != nil {
		t.Fatal(err)
	}
	all := built.GetSteps()
	about := []string{
		all[3].GetTestHypothesis().GetHypothesis(), all[4].GetEliminateHypothesis().GetHypothesis(),
		all[5].GetConfirmHypothesis().GetHypothesis(), all[7].GetConfirmHypothesis().GetHypothesis(),
	}
	if want := []string{"H2", "H2", "H1", "H3"}; !slices.Equal(about, want) {
		t.Errorf("about %v, want %v", about, want)
	}
	if got := all[3].GetTestHypothesis().GetText(); got != "dev: The pool is empty" {
		t.Errorf("the test says %q", got)
	}
}

// TestLongHypothesesAreKeptWhole: what does not fit into a line or a reason stands in
// full beside it.
func TestLongHypothesesAreKeptWhole(t *testing.T) {
	t.Parallel()
	h := importer.NewHistory(declaration())
	line, long := strings.Repeat("pool ", 100)+"end", strings.Repeat("queue ", 1000)+"end"
	h.Hypothesis(start.Add(time.Minute), line)
	h.Confirm(start.Add(2*time.Minute), long)
	if got, want := steps(t, h), []string{"add_hypothesis", "confirm_hypothesis", "add_note"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	built, err := h.Build()
	if err != nil {
		t.Fatal(err)
	}
	all := built.GetSteps()
	added, confirmed := all[0].GetAddHypothesis(), all[1].GetConfirmHypothesis()
	if n := len([]rune(added.GetText())); n > incident.MaxLine || added.GetBecause() != line {
		t.Errorf("%d characters, because %q", n, added.GetBecause())
	}
	if len(confirmed.GetReason()) > incident.MaxReason || all[2].GetAddNote().GetText() != long {
		t.Errorf("the reason has %d bytes, the note says %q", len(confirmed.GetReason()), all[2].GetAddNote().GetText())
	}
}
