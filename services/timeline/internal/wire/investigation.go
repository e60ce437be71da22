package wire

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// investigate puts in what is known of the search for the cause.
func investigate(out *timelinev1.Incident, i *view.Incident) {
	out.Category = i.Category
	for _, r := range i.Related {
		out.Related = append(out.Related, &timelinev1.RelatedIncident{Id: string(r.ID), Relation: incidentv1.Relation(r.Relation), Entry: r.Entry})
	}
	for n := range i.Hypotheses {
		out.Hypotheses = append(out.Hypotheses, hypothesis(&i.Hypotheses[n]))
	}
	for _, a := range i.Assessments {
		out.Assessments = append(out.Assessments, &timelinev1.Assessment{
			Trend: incidentv1.Trend(a.Trend), Reason: a.Text, Entry: a.Entry, OccurredTime: stamp(a.OccurredAt), Actor: string(a.Actor),
		})
	}
	for n := range i.Decisions {
		out.Decisions = append(out.Decisions, decision(&i.Decisions[n]))
	}
	for n := range i.Checks {
		out.Checks = append(out.Checks, Check(&i.Checks[n]))
	}
	if w := i.Window; w != (view.ImpactWindow{}) {
		out.ImpactWindow = &timelinev1.ImpactWindow{
			StartTime: stamp(w.Start), EndTime: stamp(w.End), StartEntry: w.StartEntry, EndEntry: w.EndEntry,
		}
	}
	for n := range i.BlastRadii {
		b := &i.BlastRadii[n]
		out.BlastRadii = append(out.BlastRadii, &timelinev1.BlastRadius{
			Services: b.Services, Components: b.Components, Regions: b.Regions, Customers: b.Customers, CustomerNames: b.CustomerNames,
			Text: b.Text, Entry: b.Entry, OccurredTime: stamp(b.OccurredAt), Actor: string(b.Actor),
		})
	}
}

func hypothesis(h *view.Hypothesis) *timelinev1.Hypothesis {
	out := &timelinev1.Hypothesis{
		Name: incident.HypothesisName(h.Number), State: timelinev1.HypothesisState(h.Verdict),
		Text: h.Text, Because: h.Because, Eliminate: h.Eliminate, Reason: h.Judged.Text, Entry: h.Entry,
		VerdictEntry: h.Judged.Entry, AddedTime: stamp(h.Added), VerdictTime: stamp(h.Judged.OccurredAt), AddedBy: string(h.AddedBy),
	}
	for _, t := range h.Tests {
		out.Tests = append(out.Tests, &timelinev1.HypothesisTest{
			Text: t.Text, Entry: t.Entry, OccurredTime: stamp(t.OccurredAt), Actor: string(t.Actor),
		})
	}
	return out
}

func decision(d *view.Decision) *timelinev1.Decision {
	out := &timelinev1.Decision{
		Name: incident.DecisionName(d.Number), Choice: d.Choice, Reason: d.Text, Options: d.Options, Change: string(d.Change),
		AboutEntry: d.About, Entry: d.Entry, OccurredTime: stamp(d.OccurredAt), Actor: string(d.Actor),
	}
	if d.Hypothesis != 0 {
		out.Hypothesis = incident.HypothesisName(d.Hypothesis)
	}
	for _, c := range d.Checks {
		out.Checks = append(out.Checks, &incidentv1.DecisionCheck{Item: c.Item, Holds: c.Holds})
	}
	return out
}

// nameInvestigators puts in the names of those who searched for the cause.
func (n Names) nameInvestigators(i *timelinev1.Incident) {
	for _, h := range i.GetHypotheses() {
		h.AddedByName = n.Of(incident.PersonID(h.GetAddedBy()))
		for _, t := range h.GetTests() {
			t.ActorName = n.Of(incident.PersonID(t.GetActor()))
		}
	}
	for _, a := range i.GetAssessments() {
		a.ActorName = n.Of(incident.PersonID(a.GetActor()))
	}
	for _, d := range i.GetDecisions() {
		d.ActorName = n.Of(incident.PersonID(d.GetActor()))
	}
	for _, c := range i.GetChecks() {
		if c.GetAskedBy() != "" {
			c.AskedByName = n.Of(incident.PersonID(c.GetAskedBy()))
		}
	}
	for _, b := range i.GetBlastRadii() {
		b.ActorName = n.Of(incident.PersonID(b.GetActor()))
	}
}
