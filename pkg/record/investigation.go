package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitAssessed(v incident.Assessed) {
	e.facts = &incidentv1.AssessedFacts{Trend: incidentv1.Trend(v.Trend)}
	e.content = &incidentv1.AssessedContent{Reason: v.Reason}
}

func assessed(f *incidentv1.AssessedFacts, c *incidentv1.AssessedContent) incident.Assessed {
	return incident.Assessed{Trend: term[incident.Trend](f.Trend), Reason: c.Reason}
}

func (e *encoder) VisitDecisionMade(v incident.DecisionMade) {
	facts := &incidentv1.DecisionMadeFacts{
		Decision: v.Decision, Choice: v.Choice, Hypothesis: v.Hypothesis, Change: string(v.Change), Entry: v.Entry,
	}
	for _, c := range v.Checks {
		facts.Checks = append(facts.Checks, &incidentv1.DecisionCheck{Item: c.Item, Holds: c.Holds})
	}
	e.facts, e.content = facts, &incidentv1.DecisionMadeContent{Reason: v.Reason, Options: v.Options}
}

func decisionMade(f *incidentv1.DecisionMadeFacts, c *incidentv1.DecisionMadeContent) incident.DecisionMade {
	e := incident.DecisionMade{
		Decision: f.Decision, Choice: f.Choice, Reason: c.Reason, Options: c.Options,
		Hypothesis: f.Hypothesis, Change: incident.ChangeID(f.Change), Entry: f.Entry,
	}
	for _, check := range f.Checks {
		e.Checks = append(e.Checks, incident.Check{Item: check.GetItem(), Holds: check.GetHolds()})
	}
	return e
}

func (e *encoder) VisitImpactStarted(v incident.ImpactStarted) {
	e.facts = &incidentv1.ImpactStartedFacts{AtUs: micros(v.At), Again: v.Again}
	e.content = &incidentv1.ImpactStartedContent{Reason: v.Reason}
}

func impactStarted(f *incidentv1.ImpactStartedFacts, c *incidentv1.ImpactStartedContent) incident.ImpactStarted {
	return incident.ImpactStarted{At: instant(f.AtUs), Again: f.Again, Reason: c.Reason}
}

func (e *encoder) VisitImpactEnded(v incident.ImpactEnded) {
	e.facts = &incidentv1.ImpactEndedFacts{AtUs: micros(v.At)}
	e.content = &incidentv1.ImpactEndedContent{Reason: v.Reason}
}

func impactEnded(f *incidentv1.ImpactEndedFacts, c *incidentv1.ImpactEndedContent) incident.ImpactEnded {
	return incident.ImpactEnded{At: instant(f.AtUs), Reason: c.Reason}
}

func (e *encoder) VisitBlastRadiusChanged(v incident.BlastRadiusChanged) {
	e.facts = &incidentv1.BlastRadiusChangedFacts{
		Services: v.Services, Components: v.Components, Regions: v.Regions, Customers: v.Customers,
	}
	e.content = &incidentv1.BlastRadiusChangedContent{CustomerNames: v.CustomerNames, Text: v.Text}
}

func blastRadiusChanged(f *incidentv1.BlastRadiusChangedFacts, c *incidentv1.BlastRadiusChangedContent) incident.BlastRadiusChanged {
	return incident.BlastRadiusChanged{
		Services: f.Services, Components: f.Components, Regions: f.Regions, Customers: f.Customers,
		CustomerNames: c.CustomerNames, Text: c.Text,
	}
}

func (e *encoder) VisitCategoryChanged(v incident.CategoryChanged) {
	e.facts = &incidentv1.CategoryChangedFacts{From: v.From, To: v.To}
}

func categoryChanged(f *incidentv1.CategoryChangedFacts) incident.CategoryChanged {
	return incident.CategoryChanged{From: f.From, To: f.To}
}

func (e *encoder) VisitRelated(v incident.Related) {
	e.facts = &incidentv1.RelatedFacts{Other: string(v.Other), Relation: incidentv1.Relation(v.Relation)}
}

func related(f *incidentv1.RelatedFacts) incident.Related {
	return incident.Related{Other: incident.ID(f.Other), Relation: term[incident.Relation](f.Relation)}
}

func (e *encoder) VisitUnrelated(v incident.Unrelated) {
	e.facts = &incidentv1.UnrelatedFacts{Other: string(v.Other)}
}

func unrelated(f *incidentv1.UnrelatedFacts) incident.Unrelated {
	return incident.Unrelated{Other: incident.ID(f.Other)}
}
