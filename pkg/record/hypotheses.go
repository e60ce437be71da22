package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitHypothesisAdded(v incident.HypothesisAdded) {
	e.facts = &incidentv1.HypothesisAddedFacts{Hypothesis: v.Hypothesis}
	e.content = &incidentv1.HypothesisAddedContent{Text: v.Text, Because: v.Because, Eliminate: v.Eliminate}
}

func hypothesisAdded(f *incidentv1.HypothesisAddedFacts, c *incidentv1.HypothesisAddedContent) incident.HypothesisAdded {
	return incident.HypothesisAdded{Hypothesis: f.Hypothesis, Text: c.Text, Because: c.Because, Eliminate: c.Eliminate}
}

func (e *encoder) VisitHypothesisTested(v incident.HypothesisTested) {
	e.facts = &incidentv1.HypothesisTestedFacts{Hypothesis: v.Hypothesis}
	e.content = &incidentv1.HypothesisTestedContent{Text: v.Text}
}

func hypothesisTested(f *incidentv1.HypothesisTestedFacts, c *incidentv1.HypothesisTestedContent) incident.HypothesisTested {
	return incident.HypothesisTested{Hypothesis: f.Hypothesis, Text: c.Text}
}

func (e *encoder) VisitHypothesisConfirmed(v incident.HypothesisConfirmed) {
	e.facts = &incidentv1.HypothesisConfirmedFacts{Hypothesis: v.Hypothesis}
	e.content = &incidentv1.HypothesisConfirmedContent{Reason: v.Reason}
}

func hypothesisConfirmed(f *incidentv1.HypothesisConfirmedFacts, c *incidentv1.HypothesisConfirmedContent) incident.HypothesisConfirmed {
	return incident.HypothesisConfirmed{Hypothesis: f.Hypothesis, Reason: c.Reason}
}

func (e *encoder) VisitHypothesisEliminated(v incident.HypothesisEliminated) {
	e.facts = &incidentv1.HypothesisEliminatedFacts{Hypothesis: v.Hypothesis}
	e.content = &incidentv1.HypothesisEliminatedContent{Reason: v.Reason}
}

func hypothesisEliminated(f *incidentv1.HypothesisEliminatedFacts, c *incidentv1.HypothesisEliminatedContent) incident.HypothesisEliminated {
	return incident.HypothesisEliminated{Hypothesis: f.Hypothesis, Reason: c.Reason}
}

func (e *encoder) VisitHypothesisReopened(v incident.HypothesisReopened) {
	e.facts = &incidentv1.HypothesisReopenedFacts{Hypothesis: v.Hypothesis}
	e.content = &incidentv1.HypothesisReopenedContent{Reason: v.Reason}
}

func hypothesisReopened(f *incidentv1.HypothesisReopenedFacts, c *incidentv1.HypothesisReopenedContent) incident.HypothesisReopened {
	return incident.HypothesisReopened{Hypothesis: f.Hypothesis, Reason: c.Reason}
}
