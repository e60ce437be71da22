package document

import "github.com/bridgelog/bridgelog/pkg/incident"

// VisitTaskAdded does nothing: it is internal.
func (v *visit) VisitTaskAdded(incident.TaskAdded) {}

// VisitTaskAssigned does nothing: it is internal.
func (v *visit) VisitTaskAssigned(incident.TaskAssigned) {}

// VisitTaskEnded does nothing: it is internal.
func (v *visit) VisitTaskEnded(incident.TaskEnded) {}

// VisitFollowUpAdded does nothing: it is internal.
func (v *visit) VisitFollowUpAdded(incident.FollowUpAdded) {}

// VisitFollowUpRevised does nothing: it is internal.
func (v *visit) VisitFollowUpRevised(incident.FollowUpRevised) {}

// VisitFollowUpEnded does nothing: it is internal.
func (v *visit) VisitFollowUpEnded(incident.FollowUpEnded) {}

// VisitChecklistStarted does nothing: it is internal.
func (v *visit) VisitChecklistStarted(incident.ChecklistStarted) {}

// VisitChecklistItemTicked does nothing: it is internal.
func (v *visit) VisitChecklistItemTicked(incident.ChecklistItemTicked) {}

// VisitStabilityConfirmed does nothing: it is internal.
func (v *visit) VisitStabilityConfirmed(incident.StabilityConfirmed) {}

// VisitDebriefAdded does nothing: it is internal.
func (v *visit) VisitDebriefAdded(incident.DebriefAdded) {}

// VisitPostmortemAssigned does nothing: it is internal.
func (v *visit) VisitPostmortemAssigned(incident.PostmortemAssigned) {}

// VisitPostmortemStateChanged does nothing: it is internal.
func (v *visit) VisitPostmortemStateChanged(incident.PostmortemStateChanged) {}

// VisitMemberAdded does nothing: it is internal.
func (v *visit) VisitMemberAdded(incident.MemberAdded) {}

// VisitMemberRemoved does nothing: it is internal.
func (v *visit) VisitMemberRemoved(incident.MemberRemoved) {}

// VisitVisibilityChanged decides about the name as long as nothing is public. What
// customers were told stays as it is.
func (v *visit) VisitVisibilityChanged(e incident.VisibilityChanged) { v.history.private = e.Private }

// VisitReviewScheduled does nothing: it is internal.
func (v *visit) VisitReviewScheduled(incident.ReviewScheduled) {}
