package incident

// Visitor has one method per event. Whoever must treat every event implements
// it, so that an event added later does not compile until it is handled there.
type Visitor interface {
	VisitDeclared(Declared)
	VisitAcknowledged(Acknowledged)
	VisitSeverityChanged(SeverityChanged)
	VisitStatusChanged(StatusChanged)
	VisitMitigated(Mitigated)
	VisitResolved(Resolved)
	VisitReopened(Reopened)
	VisitClosed(Closed)
	VisitCancelled(Cancelled)
	VisitMerged(Merged)
	VisitRoleAssigned(RoleAssigned)
	VisitRoleHandedOver(RoleHandedOver)
	VisitRoleReleased(RoleReleased)
	VisitUpdatePosted(UpdatePosted)
	VisitNoteAdded(NoteAdded)
	VisitImpactChanged(ImpactChanged)
	VisitPublicUpdatePublished(PublicUpdatePublished)
	VisitPublicUpdateRetracted(PublicUpdateRetracted)
	VisitEntryEdited(EntryEdited)
	VisitEntryPinned(EntryPinned)
	VisitEntryHidden(EntryHidden)
	VisitEntryRedacted(EntryRedacted)
	VisitAlertLinked(AlertLinked)
	// VisitUnrecognized is called for an event that a later version wrote.
	VisitUnrecognized(Unrecognized)
}
