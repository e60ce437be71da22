package incidenttest

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func investigationSamples() []incident.Event {
	return []incident.Event{
		incident.HypothesisAdded{
			Hypothesis: 1, Text: "The pool is exhausted", Because: "Waiting grew first.", Eliminate: "Free connections.",
		},
		incident.HypothesisTested{Hypothesis: 1, Text: "20 of 20 connections are *taken*."},
		incident.HypothesisConfirmed{Hypothesis: 1, Reason: "A bigger pool ended it."},
		incident.HypothesisEliminated{Hypothesis: 1, Reason: "The other region has free ones and fails too."},
		incident.HypothesisReopened{Hypothesis: 1, Reason: "The other region was measured wrongly."},
		incident.Assessed{Trend: incident.TrendWorse, Reason: "Errors doubled."},
		incident.DecisionMade{
			Decision: 1, Choice: incident.FixForward, Reason: "The release changed data.", Options: []string{"roll back", "wait"},
			Checks:     []incident.Check{{Item: "recent-deploy", Holds: true}, {Item: "rollback-is-safe"}},
			Hypothesis: 1, Change: "deploy-812", Entry: 3,
		},
		incident.ImpactStarted{At: Start(), Again: true, Reason: "First failed payment."},
		incident.ImpactEnded{At: Start().Add(time.Hour), Reason: "Last failed payment."},
		incident.BlastRadiusChanged{
			Services: []string{"checkout"}, Components: []string{"api"}, Regions: []string{"eu-west-1", "eu-west-2"},
			Customers: 120, CustomerNames: []string{"Acme", "Globex"}, Text: "Only *card* payments.",
		},
		incident.CategoryChanged{From: "change", To: "capacity"},
		incident.Related{Other: "inc-7", Relation: incident.DuplicateOf},
		incident.Unrelated{Other: "inc-7"},
	}
}
