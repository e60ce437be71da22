package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitDeclared(e incident.Declared) {
	f.identify(e, f.meta)
	i := &f.Incident
	i.DeclaredAt, i.Category = f.meta.OccurredAt, e.Category
	f.severity(e.Severity)
	f.status(e.Status)
	f.entry.Headline = headlineDeclared(e)
	f.entry.Text = joinText(e.Title, e.Summary)
}

// identify takes over what an incident is whatever happens to it.
func (v *View) identify(e incident.Declared, m incident.Meta) {
	i := &v.Incident
	i.ID, i.Number, i.Declarer = m.Incident, e.Number, m.Actor
	i.Title, i.Summary = e.Title, e.Summary
	i.Kind, i.Origin, i.Private, i.Drill = e.Kind, e.Origin, e.Private, e.Drill
	i.Services, i.External = e.Services, e.External
	i.ScheduledStart, i.ScheduledEnd = e.ScheduledStart, e.ScheduledEnd
	v.original = declaration{entry: m.Revision, title: e.Title, summary: e.Summary}
	v.join(m.Actor)
	if e.AlertID != "" {
		v.link(Alert{ID: e.AlertID})
	}
}

func (f *folding) VisitAcknowledged(e incident.Acknowledged) {
	if f.Incident.AcknowledgedAt.IsZero() {
		f.Incident.AcknowledgedAt, f.Incident.Acknowledger = f.meta.OccurredAt, f.meta.Actor
	}
	f.entry.Headline, f.entry.Text = "Acknowledged", e.Reason
}

func (f *folding) VisitSeverityChanged(e incident.SeverityChanged) {
	f.severity(e.To)
	f.entry.Headline = "Severity " + e.From.String() + " → " + e.To.String()
	f.entry.Text = e.Reason
}

// VisitStatusChanged also forgets the mitigation when the incident fell back to
// looking for the cause.
func (f *folding) VisitStatusChanged(e incident.StatusChanged) {
	if e.To < e.From && e.To <= incident.StatusInvestigating {
		f.Incident.MitigatedAt, f.Incident.StableAt = time.Time{}, time.Time{}
	}
	f.status(e.To)
	f.entry.Headline = "Status " + e.From.String() + " → " + e.To.String()
	f.entry.Text = e.Reason
}

func (f *folding) VisitMitigated(e incident.Mitigated) {
	f.Incident.MitigatedAt = f.meta.OccurredAt
	f.entry.Headline, f.entry.Text = "Mitigated", e.Summary
}

func (f *folding) VisitResolved(e incident.Resolved) {
	f.Incident.ResolvedAt = f.meta.OccurredAt
	f.status(incident.StatusResolved)
	f.entry.Headline, f.entry.Text = "Resolved", e.Summary
	if e.Automatic {
		f.entry.Headline = "Resolved by the end of its alerts"
	}
}

func (f *folding) VisitReopened(e incident.Reopened) {
	i := &f.Incident
	i.MitigatedAt, i.ResolvedAt, i.ClosedAt = time.Time{}, time.Time{}, time.Time{}
	i.StableAt, i.DebriefedAt = time.Time{}, time.Time{}
	f.status(incident.StatusInvestigating)
	f.entry.Headline, f.entry.Text = "Reopened", e.Reason
}

func (f *folding) VisitClosed(e incident.Closed) {
	f.Incident.ClosedAt = f.meta.OccurredAt
	f.status(incident.StatusClosed)
	f.entry.Headline, f.entry.Text = "Closed", e.Reason
}

func (f *folding) VisitCancelled(e incident.Cancelled) {
	f.Incident.ClosedAt = f.meta.OccurredAt
	f.status(incident.StatusCancelled)
	f.entry.Headline, f.entry.Text = "Cancelled as a false alarm", e.Reason
}

func (f *folding) VisitMerged(e incident.Merged) {
	f.Incident.MergedInto = e.Into
	f.entry.Headline, f.entry.Text = "Merged into "+MarkOther(e.Into), e.Reason
}

func (f *folding) VisitUnrecognized(e incident.Unrecognized) {
	f.entry.Headline = "Something that a later version of this program wrote (" + e.Name + ")"
}

func (f *folding) severity(s incident.Severity) {
	f.Incident.Severity = s
	f.Incident.Severities = append(f.Incident.Severities, Change[incident.Severity]{s, f.meta.OccurredAt, f.meta.Revision})
}

func (f *folding) status(s incident.Status) {
	f.Incident.Status = s
	f.Incident.Statuses = append(f.Incident.Statuses, Change[incident.Status]{s, f.meta.OccurredAt, f.meta.Revision})
}
