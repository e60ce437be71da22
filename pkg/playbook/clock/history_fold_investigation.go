package clock

import "github.com/bridgelog/bridgelog/pkg/incident"

// The search for the cause moves no clock.

// VisitHypothesisAdded implements [incident.Visitor].
func (f *folding) VisitHypothesisAdded(incident.HypothesisAdded) {}

// VisitHypothesisTested implements [incident.Visitor].
func (f *folding) VisitHypothesisTested(incident.HypothesisTested) {}

// VisitHypothesisConfirmed implements [incident.Visitor].
func (f *folding) VisitHypothesisConfirmed(incident.HypothesisConfirmed) {}

// VisitHypothesisEliminated implements [incident.Visitor].
func (f *folding) VisitHypothesisEliminated(incident.HypothesisEliminated) {}

// VisitHypothesisReopened implements [incident.Visitor].
func (f *folding) VisitHypothesisReopened(incident.HypothesisReopened) {}

// VisitAssessed implements [incident.Visitor].
func (f *folding) VisitAssessed(incident.Assessed) {}

// VisitDecisionMade implements [incident.Visitor].
func (f *folding) VisitDecisionMade(incident.DecisionMade) {}

// VisitImpactStarted implements [incident.Visitor].
func (f *folding) VisitImpactStarted(incident.ImpactStarted) {}

// VisitImpactEnded implements [incident.Visitor].
func (f *folding) VisitImpactEnded(incident.ImpactEnded) {}

// VisitBlastRadiusChanged implements [incident.Visitor].
func (f *folding) VisitBlastRadiusChanged(incident.BlastRadiusChanged) {}

// VisitCategoryChanged implements [incident.Visitor].
func (f *folding) VisitCategoryChanged(incident.CategoryChanged) {}

// VisitRelated implements [incident.Visitor].
func (f *folding) VisitRelated(incident.Related) {}

// VisitUnrelated implements [incident.Visitor].
func (f *folding) VisitUnrelated(incident.Unrelated) {}
