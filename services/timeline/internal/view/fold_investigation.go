package view

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitAssessed(e incident.Assessed) {
	f.Incident.Assessments = append(f.Incident.Assessments, Assessment{Finding: f.finding(e.Reason), Trend: e.Trend})
	f.entry.Headline, f.entry.Text = "Getting "+e.Trend.String(), e.Reason
	if e.Trend == incident.TrendStable {
		f.entry.Headline = "Stable"
	}
}

func (f *folding) VisitDecisionMade(e incident.DecisionMade) {
	f.Incident.Decisions = append(f.Incident.Decisions, Decision{
		Finding: f.finding(e.Reason), Number: e.Decision, Choice: e.Choice, Options: e.Options, Checks: e.Checks,
		Hypothesis: e.Hypothesis, Change: e.Change, About: e.Entry,
	})
	f.entry.Headline = headlineDecision(e)
	f.entry.Text = incident.JoinDecision(e.Reason, e.Options)
}

func headlineDecision(e incident.DecisionMade) string {
	var b strings.Builder
	b.WriteString("Decision " + incident.DecisionName(e.Decision) + ": " + strings.ReplaceAll(e.Choice, "_", " "))
	var about []string
	if e.Hypothesis != 0 {
		about = append(about, incident.HypothesisName(e.Hypothesis))
	}
	if e.Change != "" {
		about = append(about, string(e.Change))
	}
	if e.Entry != 0 {
		about = append(about, "entry "+strconv.FormatUint(e.Entry, 10))
	}
	if len(about) > 0 {
		b.WriteString(" (" + strings.Join(about, ", ") + ")")
	}
	for i, c := range e.Checks {
		b.WriteString(choose(i == 0, "; ", ", ") + c.Item + " " + choose(c.Holds, "yes", "no"))
	}
	return b.String()
}

func (f *folding) VisitImpactStarted(e incident.ImpactStarted) {
	w := &f.Incident.Window
	f.entry.Headline, f.entry.Text = "Impact began", e.Reason
	if e.Again {
		w.End, w.EndEntry = time.Time{}, f.meta.Revision
		f.entry.Headline = "Impact is there again"
		return
	}
	if !w.Start.IsZero() {
		f.entry.Headline = "Impact began, revised"
	}
	w.Start, w.StartEntry = e.At, f.meta.Revision
}

func (f *folding) VisitImpactEnded(e incident.ImpactEnded) {
	w := &f.Incident.Window
	f.entry.Headline, f.entry.Text = choose(w.End.IsZero(), "Impact ended", "Impact ended, revised"), e.Reason
	w.End, w.EndEntry = e.At, f.meta.Revision
}

func (f *folding) VisitBlastRadiusChanged(e incident.BlastRadiusChanged) {
	f.Incident.BlastRadii = append(f.Incident.BlastRadii, BlastRadius{
		Finding: f.finding(e.Text), Services: e.Services, Components: e.Components, Regions: e.Regions,
		Customers: e.Customers, CustomerNames: e.CustomerNames,
	})
	f.entry.Headline = headlineBlast(e)
	f.entry.Text = incident.JoinBlastRadius(e.Text, e.CustomerNames)
}

func headlineBlast(e incident.BlastRadiusChanged) string {
	var parts []string
	for _, list := range []struct {
		what  string
		names []string
	}{{"services", e.Services}, {"components", e.Components}, {"regions", e.Regions}} {
		if len(list.names) > 0 {
			parts = append(parts, list.what+" "+listed(list.names))
		}
	}
	if e.Customers > 0 {
		parts = append(parts, strconv.FormatUint(e.Customers, 10)+choose(e.Customers == 1, " customer", " customers"))
	}
	if len(parts) == 0 {
		return "Blast radius"
	}
	return "Blast radius: " + strings.Join(parts, "; ")
}

// listed names the first few.
func listed(names []string) string {
	if len(names) <= maxListed {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:maxListed], ", ") + " and " + strconv.Itoa(len(names)-maxListed) + " more"
}

func (f *folding) VisitCategoryChanged(e incident.CategoryChanged) {
	f.Incident.Category = e.To
	f.entry.Headline = "Category " + e.To
	if e.From != "" {
		f.entry.Headline = "Category " + e.From + " → " + e.To
	}
}

func (f *folding) VisitRelated(e incident.Related) {
	one := Related{ID: e.Other, Relation: e.Relation, Entry: f.meta.Revision}
	i := slices.IndexFunc(f.Incident.Related, func(r Related) bool { return r.ID == e.Other })
	if i < 0 {
		f.Incident.Related = append(f.Incident.Related, one)
	} else {
		f.Incident.Related[i] = one
	}
	f.entry.Headline = map[incident.Relation]string{
		incident.RelatedTo: "Related to ", incident.DuplicateOf: "Duplicate of ", incident.DuplicatedBy: "Duplicated by ",
	}[e.Relation] + MarkOther(e.Other)
}

func (f *folding) VisitUnrelated(e incident.Unrelated) {
	f.Incident.Related = slices.DeleteFunc(f.Incident.Related, func(r Related) bool { return r.ID == e.Other })
	f.entry.Headline = "Not related to " + MarkOther(e.Other) + " any more"
}
