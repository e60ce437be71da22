package document

import (
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// visit folds one event. Every type of event is named here, so that a new one does
// not compile before somebody has decided whether it may be public.
type visit struct {
	history  *History
	recorded incident.Recorded
	changed  bool
}

var _ incident.Visitor = (*visit)(nil)

// VisitDeclared keeps what may become public with the first update.
func (v *visit) VisitDeclared(e incident.Declared) {
	h := v.history
	h.private, h.drill, h.original = e.Private, e.Drill, strings.Clone(e.External.ID)
	h.maintenance, h.start, h.end = e.Kind == incident.Maintenance, e.ScheduledStart, e.ScheduledEnd
	v.call(v.recorded.Revision, e.Title)
	if e.Origin == incident.OriginImport {
		h.begins = v.recorded.OccurredAt
	}
}

// call names the incident, in case customers may read the name.
func (v *visit) call(revision uint64, title string) {
	if h := v.history; title != "" && !v.recorded.Redacted {
		h.titles = append(h.titles, text{revision, title})
	}
}

// VisitPublicUpdatePublished adds the update.
func (v *visit) VisitPublicUpdatePublished(e incident.PublicUpdatePublished) {
	u := update{revision: v.recorded.Revision, event: e, displayAt: v.recorded.OccurredAt, named: e.Title != ""}
	if e.Message != "" {
		u.texts = []text{{v.recorded.Revision, cut(e.Message, MaxBody)}}
	}
	u.event.Message = ""
	h := v.history
	if h.private && !h.Published() {
		h.titles = nil // what a private incident is called inside never becomes public
	}
	h.updates = append(h.updates, u)
	h.called = h.called || !h.private && !h.names(e.Pages)
	v.changed = true
}

// VisitPublicUpdateRetracted takes the update away.
func (v *visit) VisitPublicUpdateRetracted(e incident.PublicUpdateRetracted) {
	if u := v.history.byID(e.UpdateID); u != nil {
		u.retracted, v.changed = true, true
	}
}

// VisitEntryEdited gives an update its new text, and an incident of which nothing
// is public yet its new name. A redacted edit has none.
func (v *visit) VisitEntryEdited(e incident.EntryEdited) {
	h := v.history
	if u := h.find(e.Entry); u != nil {
		u.editedAt, v.changed = v.recorded.RecordedAt, true
		if !v.recorded.Redacted && e.Text != "" {
			u.texts = append(u.texts, text{v.recorded.Revision, cut(e.Text, MaxBody)})
		}
		return
	}
	if e.Entry == 1 && !h.Published() {
		title, _ := incident.SplitTitle(e.Text)
		v.call(v.recorded.Revision, title)
	}
}

// VisitEntryRedacted takes a text away: an update's, that of an edit, or a name.
// What an update without a text says of status and components still counts, or an
// incident would be open again whose last update was redacted.
func (v *visit) VisitEntryRedacted(e incident.EntryRedacted) {
	h := v.history
	v.changed = h.Published()
	h.titles = without(h.titles, e.Entry)
	for i := range h.updates {
		u := &h.updates[i]
		u.texts = without(u.texts, e.Entry)
		if u.revision == e.Entry {
			u.texts, u.event.Title = nil, ""
		}
	}
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

// VisitClockWarned does nothing: it is internal.
func (v *visit) VisitClockWarned(incident.ClockWarned) {}

// VisitClockBreached does nothing: it is internal.
func (v *visit) VisitClockBreached(incident.ClockBreached) {}

// VisitClockMet does nothing: it is internal.
func (v *visit) VisitClockMet(incident.ClockMet) {}

// VisitLegalEventRecorded does nothing: it is internal.
func (v *visit) VisitLegalEventRecorded(incident.LegalEventRecorded) {}

// VisitCommandExecuted does nothing: it is internal.
func (v *visit) VisitCommandExecuted(incident.CommandExecuted) {}

// VisitCheckRecorded does nothing: it is internal.
func (v *visit) VisitCheckRecorded(incident.CheckRecorded) {}

// VisitUnrecognized does nothing: it is internal.
func (v *visit) VisitUnrecognized(incident.Unrecognized) {}
