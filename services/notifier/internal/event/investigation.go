package event

import "github.com/bridgelog/bridgelog/pkg/incident"

// VisitHypothesisAdded implements incident.Visitor.
func (d *describe) VisitHypothesisAdded(e incident.HypothesisAdded) {
	d.fields = fields{
		"hypothesis": incident.HypothesisName(e.Hypothesis), "text": clip(e.Text), "because": clip(e.Because), "eliminate": clip(e.Eliminate),
	}
}

// VisitHypothesisTested implements incident.Visitor.
func (d *describe) VisitHypothesisTested(e incident.HypothesisTested) {
	d.fields = fields{"hypothesis": incident.HypothesisName(e.Hypothesis), "text": clip(e.Text)}
}

// VisitHypothesisConfirmed implements incident.Visitor.
func (d *describe) VisitHypothesisConfirmed(e incident.HypothesisConfirmed) {
	d.fields = fields{"hypothesis": incident.HypothesisName(e.Hypothesis), "reason": clip(e.Reason)}
}

// VisitHypothesisEliminated implements incident.Visitor.
func (d *describe) VisitHypothesisEliminated(e incident.HypothesisEliminated) {
	d.fields = fields{"hypothesis": incident.HypothesisName(e.Hypothesis), "reason": clip(e.Reason)}
}

// VisitHypothesisReopened implements incident.Visitor.
func (d *describe) VisitHypothesisReopened(e incident.HypothesisReopened) {
	d.fields = fields{"hypothesis": incident.HypothesisName(e.Hypothesis), "reason": clip(e.Reason)}
}

// VisitAssessed implements incident.Visitor.
func (d *describe) VisitAssessed(e incident.Assessed) {
	d.fields = fields{"trend": e.Trend.String(), "reason": clip(e.Reason)}
}

// VisitDecisionMade implements incident.Visitor.
func (d *describe) VisitDecisionMade(e incident.DecisionMade) {
	checks := make([]fields, 0, len(e.Checks))
	for _, c := range e.Checks {
		checks = append(checks, fields{"item": c.Item, "holds": c.Holds})
	}
	hypothesis := ""
	if e.Hypothesis != 0 {
		hypothesis = incident.HypothesisName(e.Hypothesis)
	}
	d.fields = fields{
		"decision": incident.DecisionName(e.Decision), "choice": e.Choice, "reason": clip(e.Reason), "options": stringsOf(e.Options),
		"checks": checks, "hypothesis": hypothesis, "change": string(e.Change), "entry": e.Entry,
	}
}

// VisitImpactStarted implements incident.Visitor.
func (d *describe) VisitImpactStarted(e incident.ImpactStarted) {
	d.fields = fields{"at": stamp(e.At), "again": e.Again, "reason": clip(e.Reason)}
}

// VisitImpactEnded implements incident.Visitor.
func (d *describe) VisitImpactEnded(e incident.ImpactEnded) {
	d.fields = fields{"at": stamp(e.At), "reason": clip(e.Reason)}
}

// VisitBlastRadiusChanged implements incident.Visitor. Names of customers stay in
// the log: receivers get their number.
func (d *describe) VisitBlastRadiusChanged(e incident.BlastRadiusChanged) {
	d.fields = fields{
		"services": stringsOf(e.Services), "components": stringsOf(e.Components), "regions": stringsOf(e.Regions),
		"customers": max(e.Customers, uint64(len(e.CustomerNames))), "text": clip(e.Text),
	}
}

// VisitCategoryChanged implements incident.Visitor.
func (d *describe) VisitCategoryChanged(e incident.CategoryChanged) {
	d.fields = fields{"from": e.From, "to": e.To}
}

// VisitRelated implements incident.Visitor.
func (d *describe) VisitRelated(e incident.Related) {
	d.fields = fields{"other": string(e.Other), "relation": e.Relation.String()}
}

// VisitUnrelated implements incident.Visitor.
func (d *describe) VisitUnrelated(e incident.Unrelated) {
	d.fields = fields{"other": string(e.Other)}
}

// VisitCheckRecorded implements incident.Visitor. The values stay in the log: receivers
// get what they show.
func (d *describe) VisitCheckRecorded(e incident.CheckRecorded) {
	d.fields = fields{
		"service": e.Service, "title": clip(e.Title), "kind": e.Kind.String(), "integration": e.Integration, "verdict": e.Verdict.String(),
		"reason": clip(e.Reason), "trend": "", "run": e.Run, "proposed_by": "system",
	}
	if e.Trend.Known() {
		d.fields["trend"] = e.Trend.String()
	}
	if !e.Began.IsZero() {
		d.fields["began_time"] = stamp(e.Began)
	}
}

// investigation describes the events about the search for the cause.
func investigation() map[string]described {
	hypothesis, reason := text("hypothesis", "Name of the hypothesis, for example H1."), text("reason", "Why.")
	return map[string]described{
		"incident.hypothesis_added": {"Somebody supposes a cause.", []field{
			hypothesis, text("text", "What may be the cause."), text("because", "What speaks for it; empty when nobody said."),
			text("eliminate", "What would eliminate it; empty when nobody said."),
		}},
		"incident.hypothesis_tested":     {"A supposed cause was tested.", []field{hypothesis, text("text", "What the test showed, Markdown.")}},
		"incident.hypothesis_confirmed":  {"A supposed cause is the cause.", []field{hypothesis, reason}},
		"incident.hypothesis_eliminated": {"A supposed cause is not the cause.", []field{hypothesis, reason}},
		"incident.hypothesis_reopened":   {"A supposed cause is looked at again.", []field{hypothesis, text("reason", "What is new.")}},
		"incident.assessed":              {"Somebody said whether it is getting worse.", []field{text("trend", "worse, stable or better."), text("reason", "What says so.")}},
		"incident.decision_made": {"It was decided what is done.", []field{
			text("decision", "Name of the decision, for example D1."), text("choice", "rollback, fix_forward, or another word."), reason,
			list("options", "What else was considered."), answers(), text("hypothesis", "The hypothesis that it is about; empty for none."),
			text("change", "Id of the change that it is about; empty for none."),
			{name: "entry", description: "Number of the entry that it is about; 0 for none.", schema: object{"type": "integer"}},
		}},
		"incident.category_changed": {"Somebody said what kind of cause it was.", []field{text("from", "Category before; empty for none."), text("to", "Category.")}},
		"incident.related": {"Another incident belongs to this one.", []field{
			text("other", "Id of the other incident."), text("relation", "related, duplicate_of or duplicated_by."),
		}},
		"incident.unrelated": {"Another incident does not belong to this one any more.", []field{text("other", "Id of the other incident.")}},
		"incident.impact_started": {"Somebody said when customers began to suffer.", []field{
			moment("at", "When."), truth("again", "True when it had ended and is there again."), reason,
		}},
		"incident.check_recorded": {"A metric of a service was measured; what it shows is proposed.", []field{
			text("service", "Name of the service."), text("title", "What was measured."), text("kind", "resource or traffic."),
			text("integration", "Where it was asked."), text("verdict", "normal, unusual or unknown."), text("reason", "Why."),
			maybe(moment("began_time", "When it began to be unusual, as far as that is proposed.")),
			text("trend", "worse, stable or better; empty: nothing is proposed."),
			text("run", "declaration, or what names a run that somebody asked for."), text("proposed_by", "Who proposes."),
		}},
		"incident.impact_ended": {"Somebody said when customers no longer suffered.", []field{moment("at", "When."), reason}},
		"incident.blast_radius_changed": {"All that is known to be hit was stated anew.", []field{
			list("services", "Names of services."), list("components", "Names of components."), list("regions", "Regions."),
			{name: "customers", description: "How many customers; 0 is not known.", schema: object{"type": "integer"}},
			text("text", "In words, Markdown."),
		}},
	}
}

func moment(name, description string) field {
	return field{name: name, description: description, schema: object{"type": "string", "format": "date-time"}}
}

func answers() field {
	return field{name: "checks", description: "Answers of the checklist.", schema: object{"type": "array", "items": object{
		"type": "object", "required": []string{"item", "holds"},
		"properties": object{"item": object{"type": "string"}, "holds": object{"type": "boolean"}},
	}}}
}
