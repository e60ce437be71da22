package incident_test

import "github.com/bridgelog/bridgelog/pkg/incident"

func (s *spy) VisitHypothesisAdded(incident.HypothesisAdded)         { s.name = "HypothesisAdded" }
func (s *spy) VisitHypothesisTested(incident.HypothesisTested)       { s.name = "HypothesisTested" }
func (s *spy) VisitHypothesisConfirmed(incident.HypothesisConfirmed) { s.name = "HypothesisConfirmed" }

func (s *spy) VisitHypothesisEliminated(incident.HypothesisEliminated) {
	s.name = "HypothesisEliminated"
}
func (s *spy) VisitHypothesisReopened(incident.HypothesisReopened) { s.name = "HypothesisReopened" }

func (s *spy) VisitAssessed(incident.Assessed)                     { s.name = "Assessed" }
func (s *spy) VisitDecisionMade(incident.DecisionMade)             { s.name = "DecisionMade" }
func (s *spy) VisitImpactStarted(incident.ImpactStarted)           { s.name = "ImpactStarted" }
func (s *spy) VisitImpactEnded(incident.ImpactEnded)               { s.name = "ImpactEnded" }
func (s *spy) VisitBlastRadiusChanged(incident.BlastRadiusChanged) { s.name = "BlastRadiusChanged" }

func (s *spy) VisitCategoryChanged(incident.CategoryChanged) { s.name = "CategoryChanged" }
func (s *spy) VisitRelated(incident.Related)                 { s.name = "Related" }
func (s *spy) VisitUnrelated(incident.Unrelated)             { s.name = "Unrelated" }
