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

	// Work and aftermath.

	VisitTaskAdded(TaskAdded)
	VisitTaskAssigned(TaskAssigned)
	VisitTaskEnded(TaskEnded)
	VisitFollowUpAdded(FollowUpAdded)
	VisitFollowUpRevised(FollowUpRevised)
	VisitFollowUpEnded(FollowUpEnded)
	VisitChecklistStarted(ChecklistStarted)
	VisitChecklistItemTicked(ChecklistItemTicked)
	VisitStabilityConfirmed(StabilityConfirmed)
	VisitDebriefAdded(DebriefAdded)
	VisitPostmortemAssigned(PostmortemAssigned)
	VisitPostmortemStateChanged(PostmortemStateChanged)
	VisitVisibilityChanged(VisibilityChanged)
	VisitMemberAdded(MemberAdded)
	VisitMemberRemoved(MemberRemoved)
	VisitReviewScheduled(ReviewScheduled)

	// Investigation.

	VisitHypothesisAdded(HypothesisAdded)
	VisitHypothesisTested(HypothesisTested)
	VisitHypothesisConfirmed(HypothesisConfirmed)
	VisitHypothesisEliminated(HypothesisEliminated)
	VisitHypothesisReopened(HypothesisReopened)
	VisitAssessed(Assessed)
	VisitDecisionMade(DecisionMade)
	VisitImpactStarted(ImpactStarted)
	VisitImpactEnded(ImpactEnded)
	VisitBlastRadiusChanged(BlastRadiusChanged)
	VisitCategoryChanged(CategoryChanged)
	VisitRelated(Related)
	VisitUnrelated(Unrelated)
	VisitCheckRecorded(CheckRecorded)

	// Clocks, laws and commands that people ran.

	VisitClockWarned(ClockWarned)
	VisitClockBreached(ClockBreached)
	VisitClockMet(ClockMet)
	VisitLegalEventRecorded(LegalEventRecorded)
	VisitCommandExecuted(CommandExecuted)

	// VisitUnrecognized is called for an event that a later version wrote.
	VisitUnrecognized(Unrecognized)
}
