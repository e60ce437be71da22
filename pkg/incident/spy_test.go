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
func (s *spy) VisitEntryEdited(incident.EntryEdited)     { s.name = "EntryEdited" }
func (s *spy) VisitEntryPinned(incident.EntryPinned)     { s.name = "EntryPinned" }
func (s *spy) VisitEntryHidden(incident.EntryHidden)     { s.name = "EntryHidden" }
func (s *spy) VisitEntryRedacted(incident.EntryRedacted) { s.name = "EntryRedacted" }
func (s *spy) VisitAlertLinked(incident.AlertLinked)     { s.name = "AlertLinked" }
func (s *spy) VisitUnrecognized(incident.Unrecognized)   { s.name = "Unrecognized" }
