package event

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// describe writes down what an event says. Names of fields are part of what
// receivers rely on: they may be added, never changed.
type describe struct{ fields map[string]any }

var _ incident.Visitor = (*describe)(nil)

type fields = map[string]any

// VisitDeclared implements incident.Visitor.
func (d *describe) VisitDeclared(e incident.Declared) {
	d.fields = fields{
		"title": e.Title, "summary": clip(e.Summary), "severity": e.Severity.String(), "status": e.Status.String(),
		"origin": e.Origin.String(), "services": stringsOf(e.Services), "alert_id": string(e.AlertID), "kind": e.Kind.String(),
		"category": e.Category,
	}
}

// VisitAcknowledged implements incident.Visitor: who did is the actor.
func (d *describe) VisitAcknowledged(e incident.Acknowledged) {
	d.fields = fields{"reason": clip(e.Reason)}
}

// VisitSeverityChanged implements incident.Visitor.
func (d *describe) VisitSeverityChanged(e incident.SeverityChanged) {
	d.fields = fields{"from": e.From.String(), "to": e.To.String(), "reason": clip(e.Reason)}
}

// VisitStatusChanged implements incident.Visitor.
func (d *describe) VisitStatusChanged(e incident.StatusChanged) {
	d.fields = fields{"from": e.From.String(), "to": e.To.String(), "reason": clip(e.Reason)}
}

// VisitMitigated implements incident.Visitor.
func (d *describe) VisitMitigated(e incident.Mitigated) {
	d.fields = fields{"summary": clip(e.Summary)}
}

// VisitResolved implements incident.Visitor.
func (d *describe) VisitResolved(e incident.Resolved) {
	d.fields = fields{"from": e.From.String(), "automatic": e.Automatic, "summary": clip(e.Summary)}
}

// VisitReopened implements incident.Visitor.
func (d *describe) VisitReopened(e incident.Reopened) {
	d.fields = fields{"from": e.From.String(), "reason": clip(e.Reason)}
}

// VisitClosed implements incident.Visitor.
func (d *describe) VisitClosed(e incident.Closed) { d.fields = fields{"reason": clip(e.Reason)} }

// VisitCancelled implements incident.Visitor.
func (d *describe) VisitCancelled(e incident.Cancelled) {
	d.fields = fields{"from": e.From.String(), "reason": clip(e.Reason)}
}

// VisitMerged implements incident.Visitor.
func (d *describe) VisitMerged(e incident.Merged) {
	d.fields = fields{"into": string(e.Into), "reason": clip(e.Reason)}
}

// VisitRoleAssigned implements incident.Visitor.
func (d *describe) VisitRoleAssigned(e incident.RoleAssigned) {
	d.fields = fields{"role": e.Role.String(), "person": string(e.Person), "previous": string(e.Previous)}
}

// VisitRoleHandedOver implements incident.Visitor.
func (d *describe) VisitRoleHandedOver(e incident.RoleHandedOver) {
	d.fields = fields{"role": e.Role.String(), "from": string(e.From), "to": string(e.To), "summary": clip(e.Summary)}
}

// VisitRoleReleased implements incident.Visitor.
func (d *describe) VisitRoleReleased(e incident.RoleReleased) {
	d.fields = fields{"role": e.Role.String(), "person": string(e.Person)}
}

// VisitUpdatePosted implements incident.Visitor.
func (d *describe) VisitUpdatePosted(e incident.UpdatePosted) {
	d.fields = fields{"text": clip(e.Text), "author": e.Author}
}

// VisitNoteAdded implements incident.Visitor.
func (d *describe) VisitNoteAdded(e incident.NoteAdded) {
	d.fields = fields{"text": clip(e.Text), "label": e.Label, "author": e.Author}
}

// VisitImpactChanged implements incident.Visitor.
func (d *describe) VisitImpactChanged(e incident.ImpactChanged) {
	d.fields = fields{"components": components(e.Components)}
}

// VisitPublicUpdatePublished implements incident.Visitor.
func (d *describe) VisitPublicUpdatePublished(e incident.PublicUpdatePublished) {
	d.fields = fields{
		"update_id": e.UpdateID, "pages": stringsOf(e.Pages), "status": e.Status.String(), "message": clip(e.Message), "title": e.Title,
		"components": components(e.Components), "impact": e.Impact,
	}
	if !e.NextUpdate.IsZero() {
		d.fields["next_update_time"] = e.NextUpdate.UTC().Format(time.RFC3339)
	}
}

// VisitPublicUpdateRetracted implements incident.Visitor.
func (d *describe) VisitPublicUpdateRetracted(e incident.PublicUpdateRetracted) {
	d.fields = fields{"update_id": e.UpdateID, "reason": clip(e.Reason)}
}

// VisitEntryEdited implements incident.Visitor.
func (d *describe) VisitEntryEdited(e incident.EntryEdited) {
	d.fields = fields{"entry": e.Entry, "text": clip(e.Text), "reason": clip(e.Reason)}
}

// VisitEntryPinned implements incident.Visitor.
func (d *describe) VisitEntryPinned(e incident.EntryPinned) {
	d.fields = fields{"entry": e.Entry, "pinned": e.Pinned}
}

// VisitEntryHidden implements incident.Visitor.
func (d *describe) VisitEntryHidden(e incident.EntryHidden) {
	d.fields = fields{"entry": e.Entry, "hidden": e.Hidden, "reason": clip(e.Reason)}
}

// VisitEntryRedacted implements incident.Visitor.
func (d *describe) VisitEntryRedacted(e incident.EntryRedacted) {
	d.fields = fields{"entry": e.Entry, "reason_code": e.ReasonCode, "reason": clip(e.Reason)}
}

// VisitAlertLinked implements incident.Visitor.
func (d *describe) VisitAlertLinked(e incident.AlertLinked) {
	d.fields = fields{
		"alert_id": string(e.AlertID), "fingerprint": e.Fingerprint, "source": e.Source, "title": clip(e.Title), "url": e.URL,
	}
}

// VisitClockWarned implements incident.Visitor.
func (d *describe) VisitClockWarned(e incident.ClockWarned) {
	d.fields = clockFields(e.Run, e.Due, e.Policy, e.PolicyRevision)
}

// VisitClockBreached implements incident.Visitor.
func (d *describe) VisitClockBreached(e incident.ClockBreached) {
	d.fields = clockFields(e.Run, e.Due, e.Policy, e.PolicyRevision)
}

// VisitClockMet implements incident.Visitor.
func (d *describe) VisitClockMet(e incident.ClockMet) {
	d.fields = clockFields(e.Run, e.Due, e.Policy, e.PolicyRevision)
	d.fields["late"] = e.Late
}

func clockFields(run incident.ClockRun, due time.Time, policy string, revision uint64) fields {
	return fields{
		"clock": run.Clock, "subject": run.Subject, "start": run.Start, "due_time": stamp(due), "policy": policy, "policy_revision": revision,
	}
}

// VisitLegalEventRecorded implements incident.Visitor.
func (d *describe) VisitLegalEventRecorded(e incident.LegalEventRecorded) {
	d.fields = fields{"regime": e.Regime, "event": e.Event.String(), "report": e.Report, "note": clip(e.Note)}
}

// VisitCommandExecuted implements incident.Visitor.
func (d *describe) VisitCommandExecuted(e incident.CommandExecuted) {
	d.fields = fields{
		"command": clip(e.Command), "exit_code": e.ExitCode, "duration_seconds": e.Duration.Seconds(), "output": clip(e.Output),
		"truncated": e.Truncated, "redactions": e.Redactions,
	}
}

// VisitUnrecognized implements incident.Visitor: a later version's event is
// announced by its type.
func (d *describe) VisitUnrecognized(incident.Unrecognized) {}

func components(all []incident.ComponentImpact) []fields {
	out := make([]fields, 0, len(all))
	for _, c := range all {
		out = append(out, fields{"component": c.Component, "status": c.Status.String()})
	}
	return out
}

// stringsOf is never null, so that receivers can always walk it.
func stringsOf(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}
