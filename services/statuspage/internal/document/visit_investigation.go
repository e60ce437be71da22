package document

import "github.com/bridgelog/bridgelog/pkg/incident"

// Nothing of the search for the cause is ever public.

// VisitHypothesisAdded does nothing: it is internal.
func (v *visit) VisitHypothesisAdded(incident.HypothesisAdded) {}

// VisitHypothesisTested does nothing: it is internal.
func (v *visit) VisitHypothesisTested(incident.HypothesisTested) {}

// VisitHypothesisConfirmed does nothing: it is internal.
func (v *visit) VisitHypothesisConfirmed(incident.HypothesisConfirmed) {}

// VisitHypothesisEliminated does nothing: it is internal.
func (v *visit) VisitHypothesisEliminated(incident.HypothesisEliminated) {}

// VisitHypothesisReopened does nothing: it is internal.
func (v *visit) VisitHypothesisReopened(incident.HypothesisReopened) {}

// VisitAssessed does nothing: it is internal.
func (v *visit) VisitAssessed(incident.Assessed) {}

// VisitDecisionMade does nothing: it is internal.
func (v *visit) VisitDecisionMade(incident.DecisionMade) {}

// VisitImpactStarted does nothing: it is internal.
func (v *visit) VisitImpactStarted(incident.ImpactStarted) {}

// VisitImpactEnded does nothing: it is internal.
func (v *visit) VisitImpactEnded(incident.ImpactEnded) {}

// VisitBlastRadiusChanged does nothing: it is internal.
func (v *visit) VisitBlastRadiusChanged(incident.BlastRadiusChanged) {}

// VisitCategoryChanged does nothing: it is internal.
func (v *visit) VisitCategoryChanged(incident.CategoryChanged) {}

// VisitRelated does nothing: it is internal.
func (v *visit) VisitRelated(incident.Related) {}

// VisitUnrelated does nothing: it is internal.
func (v *visit) VisitUnrelated(incident.Unrelated) {}
