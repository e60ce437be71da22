package record

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitStabilityConfirmed(v incident.StabilityConfirmed) {
	e.content = &incidentv1.StabilityConfirmedContent{Note: v.Note}
}

func stabilityConfirmed(c *incidentv1.StabilityConfirmedContent) incident.StabilityConfirmed {
	return incident.StabilityConfirmed{Note: c.Note}
}

func (e *encoder) VisitDebriefAdded(v incident.DebriefAdded) {
	e.content = &incidentv1.DebriefAddedContent{Text: v.Text}
}

func debriefAdded(c *incidentv1.DebriefAddedContent) incident.DebriefAdded {
	return incident.DebriefAdded{Text: c.Text}
}

func (e *encoder) VisitPostmortemAssigned(v incident.PostmortemAssigned) {
	e.facts = &incidentv1.PostmortemAssignedFacts{Owner: string(v.Owner), Previous: string(v.Previous)}
}

func postmortemAssigned(f *incidentv1.PostmortemAssignedFacts) incident.PostmortemAssigned {
	return incident.PostmortemAssigned{Owner: incident.PersonID(f.Owner), Previous: incident.PersonID(f.Previous)}
}

func (e *encoder) VisitPostmortemStateChanged(v incident.PostmortemStateChanged) {
	e.facts = &incidentv1.PostmortemStateChangedFacts{From: incidentv1.PostmortemState(v.From), To: incidentv1.PostmortemState(v.To)}
}

func postmortemStateChanged(f *incidentv1.PostmortemStateChangedFacts) incident.PostmortemStateChanged {
	return incident.PostmortemStateChanged{From: term[incident.PostmortemState](f.From), To: term[incident.PostmortemState](f.To)}
}

func (e *encoder) VisitVisibilityChanged(v incident.VisibilityChanged) {
	e.facts = &incidentv1.VisibilityChangedFacts{Private: v.Private}
	e.content = &incidentv1.VisibilityChangedContent{Reason: v.Reason}
}

func visibilityChanged(f *incidentv1.VisibilityChangedFacts, c *incidentv1.VisibilityChangedContent) incident.VisibilityChanged {
	return incident.VisibilityChanged{Private: f.Private, Reason: c.Reason}
}

func (e *encoder) VisitReviewScheduled(v incident.ReviewScheduled) {
	f := &incidentv1.ReviewScheduledFacts{
		FollowUp: v.FollowUp, Category: v.Category, WindowUs: v.Window.Microseconds(), DueUs: micros(v.Due),
	}
	for _, id := range v.Earlier {
		f.Earlier = append(f.Earlier, string(id))
	}
	e.facts = f
}

func reviewScheduled(f *incidentv1.ReviewScheduledFacts) incident.ReviewScheduled {
	e := incident.ReviewScheduled{
		FollowUp: f.FollowUp, Category: f.Category, Window: time.Duration(f.WindowUs) * time.Microsecond, Due: instant(f.DueUs),
	}
	for _, id := range f.Earlier {
		e.Earlier = append(e.Earlier, incident.ID(id))
	}
	return e
}

func (e *encoder) VisitMemberAdded(v incident.MemberAdded) {
	e.facts = &incidentv1.MemberAddedFacts{Person: string(v.Person)}
}

func memberAdded(f *incidentv1.MemberAddedFacts) incident.MemberAdded {
	return incident.MemberAdded{Person: incident.PersonID(f.Person)}
}

func (e *encoder) VisitMemberRemoved(v incident.MemberRemoved) {
	e.facts = &incidentv1.MemberRemovedFacts{Person: string(v.Person)}
}

func memberRemoved(f *incidentv1.MemberRemovedFacts) incident.MemberRemoved {
	return incident.MemberRemoved{Person: incident.PersonID(f.Person)}
}
