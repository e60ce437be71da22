package event

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// VisitTaskAdded implements incident.Visitor.
func (d *describe) VisitTaskAdded(e incident.TaskAdded) {
	d.fields = fields{"task": e.Task, "text": clip(e.Text), "owner": string(e.Owner)}
	d.due(e.Due)
}

// VisitTaskAssigned implements incident.Visitor.
func (d *describe) VisitTaskAssigned(e incident.TaskAssigned) {
	d.fields = fields{"task": e.Task, "owner": string(e.Owner), "previous": string(e.Previous)}
	d.due(e.Due)
}

// VisitTaskEnded implements incident.Visitor.
func (d *describe) VisitTaskEnded(e incident.TaskEnded) {
	d.fields = fields{"task": e.Task, "outcome": e.Outcome.String(), "note": clip(e.Note)}
}

// VisitFollowUpAdded implements incident.Visitor.
func (d *describe) VisitFollowUpAdded(e incident.FollowUpAdded) {
	d.fields = fields{
		"follow_up": e.FollowUp, "text": clip(e.Text), "owner": string(e.Owner), "type": e.Purpose.String(),
		"priority": e.Priority.String(), "tracker": e.Tracker,
	}
	d.due(e.Due)
}

// VisitReviewScheduled implements incident.Visitor. Who may see this incident need not
// see the earlier ones: receivers get their number.
func (d *describe) VisitReviewScheduled(e incident.ReviewScheduled) {
	d.fields = fields{
		"follow_up": e.FollowUp, "text": e.Text(), "category": e.Category, "earlier": len(e.Earlier),
		"window_seconds": int64(e.Window.Seconds()),
	}
	d.due(e.Due)
}

// VisitFollowUpRevised implements incident.Visitor.
func (d *describe) VisitFollowUpRevised(e incident.FollowUpRevised) {
	d.fields = fields{
		"follow_up": e.FollowUp, "owner": string(e.Owner), "type": e.Purpose.String(), "priority": e.Priority.String(),
		"linked": e.Linked, "tracker": e.Tracker,
	}
	d.due(e.Due)
}

// VisitFollowUpEnded implements incident.Visitor.
func (d *describe) VisitFollowUpEnded(e incident.FollowUpEnded) {
	d.fields = fields{"follow_up": e.FollowUp, "outcome": e.Outcome.String(), "note": clip(e.Note)}
}

// due says by when something has to be done, if that is known.
func (d *describe) due(at time.Time) {
	if !at.IsZero() {
		d.fields["due_time"] = at.UTC().Format(time.RFC3339)
	}
}

// VisitChecklistStarted implements incident.Visitor.
func (d *describe) VisitChecklistStarted(e incident.ChecklistStarted) {
	items := make([]fields, 0, len(e.Items))
	for _, i := range e.Items {
		items = append(items, fields{"item": i.Item, "text": i.Text})
	}
	d.fields = fields{"checklist": e.Checklist, "revision": e.Revision, "title": clip(e.Title), "items": items}
}

// VisitChecklistItemTicked implements incident.Visitor.
func (d *describe) VisitChecklistItemTicked(e incident.ChecklistItemTicked) {
	d.fields = fields{"checklist": e.Checklist, "item": e.Item, "ticked": e.Ticked, "note": clip(e.Note)}
}

// VisitStabilityConfirmed implements incident.Visitor.
func (d *describe) VisitStabilityConfirmed(e incident.StabilityConfirmed) {
	d.fields = fields{"note": clip(e.Note)}
}

// VisitDebriefAdded implements incident.Visitor.
func (d *describe) VisitDebriefAdded(e incident.DebriefAdded) {
	d.fields = fields{"text": clip(e.Text)}
}

// VisitPostmortemAssigned implements incident.Visitor.
func (d *describe) VisitPostmortemAssigned(e incident.PostmortemAssigned) {
	d.fields = fields{"owner": string(e.Owner), "previous": string(e.Previous)}
}

// VisitPostmortemStateChanged implements incident.Visitor.
func (d *describe) VisitPostmortemStateChanged(e incident.PostmortemStateChanged) {
	d.fields = fields{"from": e.From.String(), "to": e.To.String()}
}

// VisitVisibilityChanged implements incident.Visitor.
func (d *describe) VisitVisibilityChanged(e incident.VisibilityChanged) {
	d.fields = fields{"private": e.Private, "reason": clip(e.Reason)}
}

// VisitMemberAdded implements incident.Visitor.
func (d *describe) VisitMemberAdded(e incident.MemberAdded) {
	d.fields = fields{"person": string(e.Person)}
}

// VisitMemberRemoved implements incident.Visitor.
func (d *describe) VisitMemberRemoved(e incident.MemberRemoved) {
	d.fields = fields{"person": string(e.Person)}
}
