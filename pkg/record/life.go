package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// An acknowledgment without a reason has neither facts nor content: its actor says
// it all.
func (e *encoder) VisitAcknowledged(v incident.Acknowledged) {
	if v.Reason != "" {
		e.content = &incidentv1.AcknowledgedContent{Reason: v.Reason}
	}
}

func acknowledged(c *incidentv1.AcknowledgedContent) incident.Acknowledged {
	return incident.Acknowledged{Reason: c.Reason}
}

func (e *encoder) VisitSeverityChanged(v incident.SeverityChanged) {
	e.facts = &incidentv1.SeverityChangedFacts{From: incidentv1.Severity(v.From), To: incidentv1.Severity(v.To)}
	e.content = &incidentv1.SeverityChangedContent{Reason: v.Reason}
}

func severityChanged(f *incidentv1.SeverityChangedFacts, c *incidentv1.SeverityChangedContent) incident.SeverityChanged {
	return incident.SeverityChanged{
		From: term[incident.Severity](f.From), To: term[incident.Severity](f.To), Reason: c.Reason,
	}
}

func (e *encoder) VisitStatusChanged(v incident.StatusChanged) {
	e.facts = &incidentv1.StatusChangedFacts{From: incidentv1.Status(v.From), To: incidentv1.Status(v.To)}
	e.content = &incidentv1.StatusChangedContent{Reason: v.Reason}
}

func statusChanged(f *incidentv1.StatusChangedFacts, c *incidentv1.StatusChangedContent) incident.StatusChanged {
	return incident.StatusChanged{
		From: term[incident.Status](f.From), To: term[incident.Status](f.To), Reason: c.Reason,
	}
}

func (e *encoder) VisitMitigated(v incident.Mitigated) {
	e.content = &incidentv1.MitigatedContent{Summary: v.Summary}
}

func mitigated(c *incidentv1.MitigatedContent) incident.Mitigated {
	return incident.Mitigated{Summary: c.Summary}
}

func (e *encoder) VisitResolved(v incident.Resolved) {
	e.facts = &incidentv1.ResolvedFacts{From: incidentv1.Status(v.From), Automatic: v.Automatic}
	e.content = &incidentv1.ResolvedContent{Summary: v.Summary}
}

func resolved(f *incidentv1.ResolvedFacts, c *incidentv1.ResolvedContent) incident.Resolved {
	return incident.Resolved{From: term[incident.Status](f.From), Automatic: f.Automatic, Summary: c.Summary}
}

func (e *encoder) VisitReopened(v incident.Reopened) {
	e.facts = &incidentv1.ReopenedFacts{From: incidentv1.Status(v.From)}
	e.content = &incidentv1.ReopenedContent{Reason: v.Reason}
}

func reopened(f *incidentv1.ReopenedFacts, c *incidentv1.ReopenedContent) incident.Reopened {
	return incident.Reopened{From: term[incident.Status](f.From), Reason: c.Reason}
}

func (e *encoder) VisitClosed(v incident.Closed) {
	e.content = &incidentv1.ClosedContent{Reason: v.Reason}
}

func closed(c *incidentv1.ClosedContent) incident.Closed { return incident.Closed{Reason: c.Reason} }

func (e *encoder) VisitCancelled(v incident.Cancelled) {
	e.facts = &incidentv1.CancelledFacts{From: incidentv1.Status(v.From)}
	e.content = &incidentv1.CancelledContent{Reason: v.Reason}
}

func cancelled(f *incidentv1.CancelledFacts, c *incidentv1.CancelledContent) incident.Cancelled {
	return incident.Cancelled{From: term[incident.Status](f.From), Reason: c.Reason}
}

func (e *encoder) VisitMerged(v incident.Merged) {
	e.facts = &incidentv1.MergedFacts{Into: string(v.Into)}
	e.content = &incidentv1.MergedContent{Reason: v.Reason}
}

func merged(f *incidentv1.MergedFacts, c *incidentv1.MergedContent) incident.Merged {
	return incident.Merged{Into: incident.ID(f.Into), Reason: c.Reason}
}
