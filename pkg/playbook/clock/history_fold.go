package clock

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// folding is the fold of one event.
type folding struct {
	*History
	now Moment
}

var _ incident.Visitor = (*folding)(nil)

// VisitDeclared implements [incident.Visitor].
func (f *folding) VisitDeclared(e incident.Declared) {
	f.facts.Declared = f.now
	f.exempt = e.Kind == incident.Maintenance || e.Origin == incident.OriginImport
	f.severity(e.Severity)
	f.status(e.Status)
}

// VisitAcknowledged implements [incident.Visitor]: the first one counts.
func (f *folding) VisitAcknowledged(incident.Acknowledged) {
	if f.facts.Acknowledged.Never() || f.now.At.Before(f.facts.Acknowledged.At) {
		f.facts.Acknowledged = f.now
	}
}

// VisitSeverityChanged implements [incident.Visitor].
func (f *folding) VisitSeverityChanged(e incident.SeverityChanged) { f.severity(e.To) }

// VisitStatusChanged implements [incident.Visitor].
func (f *folding) VisitStatusChanged(e incident.StatusChanged) { f.status(e.To) }

// VisitMitigated implements [incident.Visitor]: updates go on until it is resolved.
func (f *folding) VisitMitigated(incident.Mitigated) {}

// VisitResolved implements [incident.Visitor].
func (f *folding) VisitResolved(incident.Resolved) {
	f.facts.Resolved = f.now
	f.status(incident.StatusResolved)
}

// VisitReopened implements [incident.Visitor]: a talk held before does not count
// for what comes now.
func (f *folding) VisitReopened(incident.Reopened) {
	f.facts.Resolved, f.facts.Closed, f.facts.Ended, f.facts.EndedWhy = Moment{}, Moment{}, Moment{}, ""
	f.facts.Debriefed = Moment{}
	f.status(incident.StatusInvestigating)
}

// VisitClosed implements [incident.Visitor].
func (f *folding) VisitClosed(incident.Closed) {
	f.facts.Closed = f.now
	f.status(incident.StatusClosed)
}

// VisitCancelled implements [incident.Visitor].
func (f *folding) VisitCancelled(incident.Cancelled) {
	f.facts.Ended, f.facts.EndedWhy = f.now, "cancelled"
	f.status(incident.StatusCancelled)
}

// VisitMerged implements [incident.Visitor].
func (f *folding) VisitMerged(incident.Merged) {
	f.facts.Ended, f.facts.EndedWhy = f.now, "merged into another one"
}

// VisitRoleAssigned implements [incident.Visitor].
func (f *folding) VisitRoleAssigned(e incident.RoleAssigned) { f.hold(e.Role, e.Person) }

// VisitRoleHandedOver implements [incident.Visitor].
func (f *folding) VisitRoleHandedOver(e incident.RoleHandedOver) { f.hold(e.Role, e.To) }

// VisitRoleReleased implements [incident.Visitor].
func (f *folding) VisitRoleReleased(e incident.RoleReleased) { f.hold(e.Role, "") }

// VisitUpdatePosted implements [incident.Visitor].
func (f *folding) VisitUpdatePosted(incident.UpdatePosted) {
	if !f.now.At.Before(f.facts.InternalUpdate.At) {
		f.facts.InternalUpdate = f.now
	}
}

// VisitNoteAdded implements [incident.Visitor]: a note tells nobody.
func (f *folding) VisitNoteAdded(incident.NoteAdded) {}

// VisitImpactChanged implements [incident.Visitor].
func (f *folding) VisitImpactChanged(incident.ImpactChanged) {}

// VisitPublicUpdatePublished implements [incident.Visitor].
func (f *folding) VisitPublicUpdatePublished(e incident.PublicUpdatePublished) {
	f.updates = append(f.updates, publicUpdate{id: e.UpdateID, when: f.now, next: e.NextUpdate})
}

// VisitPublicUpdateRetracted implements [incident.Visitor].
func (f *folding) VisitPublicUpdateRetracted(e incident.PublicUpdateRetracted) {
	for i := range f.updates {
		if f.updates[i].id == e.UpdateID {
			f.updates[i].retracted = true
		}
	}
}

// VisitEntryEdited implements [incident.Visitor].
func (f *folding) VisitEntryEdited(incident.EntryEdited) {}

// VisitEntryPinned implements [incident.Visitor].
func (f *folding) VisitEntryPinned(incident.EntryPinned) {}

// VisitEntryHidden implements [incident.Visitor].
func (f *folding) VisitEntryHidden(incident.EntryHidden) {}

// VisitEntryRedacted implements [incident.Visitor].
func (f *folding) VisitEntryRedacted(incident.EntryRedacted) {}

// VisitAlertLinked implements [incident.Visitor].
func (f *folding) VisitAlertLinked(incident.AlertLinked) {}

// VisitClockWarned implements [incident.Visitor].
func (f *folding) VisitClockWarned(e incident.ClockWarned) { f.told(e.Run, Warned) }

// VisitClockBreached implements [incident.Visitor].
func (f *folding) VisitClockBreached(e incident.ClockBreached) { f.told(e.Run, Breached) }

// VisitClockMet implements [incident.Visitor].
func (f *folding) VisitClockMet(e incident.ClockMet) { f.told(e.Run, Done) }

// VisitLegalEventRecorded implements [incident.Visitor].
func (f *folding) VisitLegalEventRecorded(e incident.LegalEventRecorded) {
	f.facts.Marks = append(f.facts.Marks, Mark{Kind: MarkKind(e.Event), Law: e.Regime, Duty: e.Report, Moment: f.now})
}

// VisitCommandExecuted implements [incident.Visitor].
func (f *folding) VisitCommandExecuted(incident.CommandExecuted) {}

// VisitCheckRecorded implements [incident.Visitor].
func (f *folding) VisitCheckRecorded(incident.CheckRecorded) {}

// VisitUnrecognized implements [incident.Visitor].
func (f *folding) VisitUnrecognized(incident.Unrecognized) {}

func (f *folding) severity(s incident.Severity) {
	f.severities = append(f.severities, change[incident.Severity]{s, f.now})
}

func (f *folding) status(s incident.Status) {
	f.statuses = append(f.statuses, change[incident.Status]{s, f.now})
}

// hold gives a role to a person, or frees it for "".
func (f *folding) hold(r incident.Role, p incident.PersonID) {
	roles := slices.DeleteFunc(slices.Clone(f.facts.Roles), func(h Held) bool { return h.Role == r })
	if p != "" && r.Known() {
		roles = append(roles, Held{Role: r, Since: f.now})
		slices.SortFunc(roles, func(a, b Held) int { return int(a.Role) - int(b.Role) })
	}
	f.facts.Roles = roles
}

// told notes what was recorded of a run.
func (f *folding) told(run incident.ClockRun, t Threshold) {
	if f.recorded == nil {
		f.recorded = map[incident.ClockRun]Threshold{}
	}
	f.recorded[run] = max(f.recorded[run], t)
}
