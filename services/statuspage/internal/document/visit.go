package document

import "github.com/bridgelog/bridgelog/pkg/incident"

// visit folds one event. Every type of event is named here, so that a new one does
// not compile before somebody has decided whether it may be public.
type visit struct {
	fold     *Fold
	recorded incident.Recorded
	whole    bool // all that was before is known
	changed  bool
}

var _ incident.Visitor = (*visit)(nil)

// VisitDeclared keeps what may become public with the first update.
func (v *visit) VisitDeclared(e incident.Declared) {
	d := declaration{
		revision: v.recorded.Revision, last: v.recorded.Revision, titleFrom: v.recorded.Revision, private: e.Private,
		original: e.External.ID, maintenance: e.Kind == incident.Maintenance, start: e.ScheduledStart, end: e.ScheduledEnd,
	}
	if !e.Private {
		d.title = e.Title
	}
	if e.Origin == incident.OriginImport {
		d.begins = v.recorded.OccurredAt
	}
	v.fold.declared.Add(v.recorded.Incident, d)
}

// VisitPublicUpdatePublished adds the update.
func (v *visit) VisitPublicUpdatePublished(e incident.PublicUpdatePublished) {
	v.fold.publish(v.recorded, e, v.whole)
	v.changed = true
}

// VisitPublicUpdateRetracted takes the update away.
func (v *visit) VisitPublicUpdateRetracted(e incident.PublicUpdateRetracted) {
	p := v.known()
	if p == nil {
		return
	}
	if u := p.byID(e.UpdateID); u != nil {
		u.retracted, v.changed = true, true
	}
}

// VisitEntryEdited gives an update its new text. A redacted edit has none.
func (v *visit) VisitEntryEdited(e incident.EntryEdited) {
	if v.recorded.Redacted {
		return
	}
	if d, ok := v.fold.declared.Peek(v.recorded.Incident); ok && d.last < v.recorded.Revision {
		d.last = v.recorded.Revision
		if d.revision == e.Entry && !d.private {
			d.title, _ = incident.SplitTitle(e.Text)
			d.titleFrom = v.recorded.Revision
		}
		v.fold.declared.Add(v.recorded.Incident, d)
	}
	p := v.fold.incidents[v.recorded.Incident]
	if p == nil {
		return // what no page shows says nothing new
	}
	if u := p.find(e.Entry); u != nil {
		u.newMessage, u.updatedAt = cut(e.Text, MaxBody), v.recorded.RecordedAt
		v.changed = true
		p.shorten()
	}
}

// VisitEntryRedacted takes an update's text away, and with it the update; or the
// title that the declaration gave.
func (v *visit) VisitEntryRedacted(e incident.EntryRedacted) {
	if d, ok := v.fold.declared.Peek(v.recorded.Incident); ok {
		if d.titleFrom == e.Entry {
			d.title = ""
		}
		d.last = max(d.last, v.recorded.Revision)
		v.fold.declared.Add(v.recorded.Incident, d)
		return
	}
	p := v.known()
	if p == nil {
		return
	}
	if p.titleFrom == e.Entry {
		p.title, v.changed = "", true
	}
	if u := p.find(e.Entry); u != nil {
		u.newMessage, u.event.Message, u.event.Title, u.shortened = "", "", "", false
		v.changed = true
	}
}

// known is the incident, or nil; one that was forgotten is asked for.
func (v *visit) known() *published {
	p := v.fold.incidents[v.recorded.Incident]
	if p == nil && !v.whole && !v.fold.declared.Contains(v.recorded.Incident) {
		v.fold.need(v.recorded.Incident)
		v.changed = true
	}
	return p
}

// VisitAcknowledged does nothing: it is internal.
func (v *visit) VisitAcknowledged(incident.Acknowledged) {}

// VisitSeverityChanged does nothing: it is internal.
func (v *visit) VisitSeverityChanged(incident.SeverityChanged) {}

// VisitStatusChanged does nothing: it is internal.
func (v *visit) VisitStatusChanged(incident.StatusChanged) {}

// VisitMitigated does nothing: it is internal.
func (v *visit) VisitMitigated(incident.Mitigated) {}

// VisitResolved does nothing: it is internal.
func (v *visit) VisitResolved(incident.Resolved) {}

// VisitReopened does nothing: it is internal.
func (v *visit) VisitReopened(incident.Reopened) {}

// VisitClosed does nothing: it is internal.
func (v *visit) VisitClosed(incident.Closed) {}

// VisitCancelled does nothing: it is internal.
func (v *visit) VisitCancelled(incident.Cancelled) {}

// VisitMerged does nothing: it is internal.
func (v *visit) VisitMerged(incident.Merged) {}

// VisitRoleAssigned does nothing: it is internal.
func (v *visit) VisitRoleAssigned(incident.RoleAssigned) {}

// VisitRoleHandedOver does nothing: it is internal.
func (v *visit) VisitRoleHandedOver(incident.RoleHandedOver) {}

// VisitRoleReleased does nothing: it is internal.
func (v *visit) VisitRoleReleased(incident.RoleReleased) {}

// VisitUpdatePosted does nothing: it is internal.
func (v *visit) VisitUpdatePosted(incident.UpdatePosted) {}

// VisitNoteAdded does nothing: it is internal.
func (v *visit) VisitNoteAdded(incident.NoteAdded) {}

// VisitImpactChanged does nothing: it is internal.
func (v *visit) VisitImpactChanged(incident.ImpactChanged) {}

// VisitEntryPinned does nothing: it is internal.
func (v *visit) VisitEntryPinned(incident.EntryPinned) {}

// VisitEntryHidden does nothing: it is internal.
func (v *visit) VisitEntryHidden(incident.EntryHidden) {}

// VisitAlertLinked does nothing: it is internal.
func (v *visit) VisitAlertLinked(incident.AlertLinked) {}

// VisitUnrecognized does nothing: it is internal.
func (v *visit) VisitUnrecognized(incident.Unrecognized) {}
