package incident_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// investigation is what can be asked of a state about the search for the cause.
type investigation struct {
	Category  string
	Related   incident.Relation
	Verdicts  []incident.Verdict
	Decisions uint64
	Window    [2]time.Time
}

func investigated(s incident.State) investigation {
	out := investigation{Category: s.Category, Related: s.RelationTo("inc-7"), Decisions: s.Decisions(), Window: [2]time.Time{s.ImpactStart, s.ImpactEnd}}
	for n := range s.Hypotheses() {
		out.Verdicts = append(out.Verdicts, s.Hypothesis(uint64(n)+1))
	}
	return out
}

// investigationContent are the fields of events that hold what people wrote.
func investigationContent() []string {
	return []string{"Because", "Eliminate", "Options", "CustomerNames"}
}

// investigationSpeaks are the commands that say something anew when repeated.
func investigationSpeaks() []string {
	return []string{"add_hypothesis", "test_hypothesis", "assess", "make_decision", "set_blast_radius"}
}

// drawInvestigation draws one of each command.
func drawInvestigation(t *rapid.T) []incident.Command {
	words := rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "words")
	h := rapid.Uint64Range(0, 4).Draw(t, "hypothesis")
	return []incident.Command{
		incident.AddHypothesis{Text: words, Because: words},
		incident.TestHypothesis{Hypothesis: h, Text: words},
		incident.ConfirmHypothesis{Hypothesis: h, Reason: words},
		incident.EliminateHypothesis{Hypothesis: h, Reason: words},
		incident.ReopenHypothesis{Hypothesis: h, Reason: words},
		incident.Assess{Trend: incident.Trend(rapid.Uint8Range(0, 4).Draw(t, "trend")), Reason: words},
		incident.MakeDecision{
			Choice: rapid.SampledFrom([]string{"rollback", "fix_forward", "wait", "Not A Label"}).Draw(t, "choice"), Reason: words,
			Options: []string{"a"}, Hypothesis: h, Entry: rapid.Uint64Range(0, 3).Draw(t, "about"),
		},
		incident.StartImpact{Reason: words},
		incident.EndImpact{Reason: words},
		incident.ChangeCategory{To: words},
		incident.RelateIncident{
			Other: "inc-7", Relation: incident.Relation(rapid.Uint8Range(0, 4).Draw(t, "relation")), OtherExists: rapid.Bool().Draw(t, "other"),
		},
		incident.UnrelateIncident{Other: "inc-7", OtherExists: rapid.Bool().Draw(t, "seen")},
		incident.SetBlastRadius{Services: []string{"checkout"}, CustomerNames: []string{"Acme"}, Text: words},
	}
}

// checkInvestigation holds that hypotheses neither vanish nor come out of nothing,
// and that judging them ends nothing.
func checkInvestigation(t *rapid.T, before incident.State, cmd incident.Command, after incident.State) {
	grown := after.Hypotheses() - before.Hypotheses()
	if _, adds := cmd.(incident.AddHypothesis); grown < 0 || grown > 1 || grown == 1 && !adds {
		t.Fatalf("%s made %d hypotheses of %d", cmd.Name(), after.Hypotheses(), before.Hypotheses())
	}
	for n, v := range investigated(after).Verdicts {
		if v == incident.VerdictNone {
			t.Fatalf("%s lost hypothesis %d", cmd.Name(), n+1)
		}
	}
	if start, end := after.ImpactStart, after.ImpactEnd; !end.IsZero() && end.Before(start) || start.IsZero() && !end.IsZero() {
		t.Fatalf("%s made the impact last from %v to %v", cmd.Name(), start, end)
	}
	if _, confirms := cmd.(incident.ConfirmHypothesis); confirms && (before.Status != after.Status || before.Mitigated != after.Mitigated) {
		t.Fatal("confirming a hypothesis changed where the incident stands")
	}
}
