package view

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitHypothesisAdded(e incident.HypothesisAdded) {
	if f.hypothesis(e.Hypothesis) == nil {
		f.Incident.Hypotheses = append(f.Incident.Hypotheses, Hypothesis{
			Number: e.Hypothesis, Verdict: incident.VerdictOpen, Entry: f.meta.Revision,
			Text: e.Text, Because: e.Because, Eliminate: e.Eliminate, Added: f.meta.OccurredAt, AddedBy: f.meta.Actor,
		})
	}
	f.entry.Headline = "Hypothesis " + incident.HypothesisName(e.Hypothesis)
	f.entry.Text = incident.JoinHypothesis(e.Text, e.Because, e.Eliminate)
}

func (f *folding) VisitHypothesisTested(e incident.HypothesisTested) {
	if h := f.hypothesis(e.Hypothesis); h != nil {
		h.Tests = append(h.Tests, f.finding(e.Text))
	}
	f.entry.Headline, f.entry.Text = incident.HypothesisName(e.Hypothesis)+" tested", e.Text
}

func (f *folding) VisitHypothesisConfirmed(e incident.HypothesisConfirmed) {
	f.judge(e.Hypothesis, incident.VerdictConfirmed, e.Reason)
	f.entry.Headline, f.entry.Text = incident.HypothesisName(e.Hypothesis)+" confirmed", e.Reason
}

func (f *folding) VisitHypothesisEliminated(e incident.HypothesisEliminated) {
	f.judge(e.Hypothesis, incident.VerdictEliminated, e.Reason)
	f.entry.Headline, f.entry.Text = incident.HypothesisName(e.Hypothesis)+" eliminated", e.Reason
}

func (f *folding) VisitHypothesisReopened(e incident.HypothesisReopened) {
	f.judge(e.Hypothesis, incident.VerdictOpen, e.Reason)
	f.entry.Headline, f.entry.Text = incident.HypothesisName(e.Hypothesis)+" reopened", e.Reason
}

// judge gives a hypothesis another verdict; one that had not been supposed at the
// time that is looked at is passed over.
func (f *folding) judge(number uint64, verdict incident.Verdict, reason string) {
	if h := f.hypothesis(number); h != nil {
		h.Verdict, h.Judged = verdict, f.finding(reason)
	}
}

// finding is what the event says.
func (f *folding) finding(text string) Finding {
	return Finding{Entry: f.meta.Revision, Text: text, OccurredAt: f.meta.OccurredAt, Actor: f.meta.Actor}
}

func (f *folding) hypothesis(number uint64) *Hypothesis {
	all := f.Incident.Hypotheses
	i := slices.IndexFunc(all, func(h Hypothesis) bool { return h.Number == number })
	if i < 0 {
		return nil
	}
	return &all[i]
}
