package incident_test

import "github.com/bridgelog/bridgelog/pkg/incident"

// spy notes which of its methods was called.
type spy struct{ name string }

var _ incident.Visitor = (*spy)(nil)

func (s *spy) VisitDeclared(incident.Declared)               { s.name = "Declared" }
func (s *spy) VisitAcknowledged(incident.Acknowledged)       { s.name = "Acknowledged" }
func (s *spy) VisitSeverityChanged(incident.SeverityChanged) { s.name = "SeverityChanged" }
func (s *spy) VisitStatusChanged(incident.StatusChanged)     { s.name = "StatusChanged" }
func (s *spy) VisitMitigated(incident.Mitigated)             { s.name = "Mitigated" }
func (s *spy) VisitResolved(incident.Resolved)               { s.name = "Resolved" }
func (s *spy) VisitReopened(incident.Reopened)               { s.name = "Reopened" }
func (s *spy) VisitClosed(incident.Closed)                   { s.name = "Closed" }
func (s *spy) VisitCancelled(incident.Cancelled)             { s.name = "Cancelled" }
func (s *spy) VisitMerged(incident.Merged)                   { s.name = "Merged" }
func (s *spy) VisitRoleAssigned(incident.RoleAssigned)       { s.name = "RoleAssigned" }
func (s *spy) VisitRoleHandedOver(incident.RoleHandedOver)   { s.name = "RoleHandedOver" }
func (s *spy) VisitRoleReleased(incident.RoleReleased)       { s.name = "RoleReleased" }
func (s *spy) VisitUpdatePosted(incident.UpdatePosted)       { s.name = "UpdatePosted" }
func (s *spy) VisitNoteAdded(incident.NoteAdded)             { s.name = "NoteAdded" }
func (s *spy) VisitImpactChanged(incident.ImpactChanged)     { s.name = "ImpactChanged" }
func (s *spy) VisitPublicUpdatePublished(incident.PublicUpdatePublished) {
	s.name = "PublicUpdatePublished"
}

func (s *spy) VisitPublicUpdateRetracted(incident.PublicUpdateRetracted) {
	s.name = "PublicUpdateRetracted"
}
func (s *spy) VisitEntryEdited(incident.EntryEdited)         { s.name = "EntryEdited" }
func (s *spy) VisitEntryPinned(incident.EntryPinned)         { s.name = "EntryPinned" }
func (s *spy) VisitEntryHidden(incident.EntryHidden)         { s.name = "EntryHidden" }
func (s *spy) VisitEntryRedacted(incident.EntryRedacted)     { s.name = "EntryRedacted" }
func (s *spy) VisitAlertLinked(incident.AlertLinked)         { s.name = "AlertLinked" }
func (s *spy) VisitTaskAdded(incident.TaskAdded)             { s.name = "TaskAdded" }
func (s *spy) VisitTaskAssigned(incident.TaskAssigned)       { s.name = "TaskAssigned" }
func (s *spy) VisitTaskEnded(incident.TaskEnded)             { s.name = "TaskEnded" }
func (s *spy) VisitFollowUpAdded(incident.FollowUpAdded)     { s.name = "FollowUpAdded" }
func (s *spy) VisitFollowUpRevised(incident.FollowUpRevised) { s.name = "FollowUpRevised" }
func (s *spy) VisitFollowUpEnded(incident.FollowUpEnded)     { s.name = "FollowUpEnded" }

func (s *spy) VisitChecklistStarted(incident.ChecklistStarted)       { s.name = "ChecklistStarted" }
func (s *spy) VisitChecklistItemTicked(incident.ChecklistItemTicked) { s.name = "ChecklistItemTicked" }

func (s *spy) VisitStabilityConfirmed(incident.StabilityConfirmed) { s.name = "StabilityConfirmed" }
func (s *spy) VisitDebriefAdded(incident.DebriefAdded)             { s.name = "DebriefAdded" }
func (s *spy) VisitPostmortemAssigned(incident.PostmortemAssigned) { s.name = "PostmortemAssigned" }

func (s *spy) VisitPostmortemStateChanged(incident.PostmortemStateChanged) {
	s.name = "PostmortemStateChanged"
}
func (s *spy) VisitVisibilityChanged(incident.VisibilityChanged) { s.name = "VisibilityChanged" }
func (s *spy) VisitMemberAdded(incident.MemberAdded)             { s.name = "MemberAdded" }
func (s *spy) VisitMemberRemoved(incident.MemberRemoved)         { s.name = "MemberRemoved" }
func (s *spy) VisitReviewScheduled(incident.ReviewScheduled)     { s.name = "ReviewScheduled" }
func (s *spy) VisitClockWarned(incident.ClockWarned)             { s.name = "ClockWarned" }
func (s *spy) VisitClockBreached(incident.ClockBreached)         { s.name = "ClockBreached" }
func (s *spy) VisitClockMet(incident.ClockMet)                   { s.name = "ClockMet" }
func (s *spy) VisitLegalEventRecorded(incident.LegalEventRecorded) {
	s.name = "LegalEventRecorded"
}
func (s *spy) VisitCommandExecuted(incident.CommandExecuted) { s.name = "CommandExecuted" }

func (s *spy) VisitCheckRecorded(incident.CheckRecorded) { s.name = "CheckRecorded" }

func (s *spy) VisitUnrecognized(incident.Unrecognized) { s.name = "Unrecognized" }
