package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitTaskAdded(v incident.TaskAdded) {
	e.facts = &incidentv1.TaskAddedFacts{Task: v.Task, Owner: string(v.Owner), DueUs: micros(v.Due)}
	e.content = &incidentv1.TaskAddedContent{Text: v.Text}
}

func taskAdded(f *incidentv1.TaskAddedFacts, c *incidentv1.TaskAddedContent) incident.TaskAdded {
	return incident.TaskAdded{Task: f.Task, Text: c.Text, Owner: incident.PersonID(f.Owner), Due: instant(f.DueUs)}
}

func (e *encoder) VisitTaskAssigned(v incident.TaskAssigned) {
	e.facts = &incidentv1.TaskAssignedFacts{
		Task: v.Task, Owner: string(v.Owner), Previous: string(v.Previous), DueUs: micros(v.Due),
	}
}

func taskAssigned(f *incidentv1.TaskAssignedFacts) incident.TaskAssigned {
	return incident.TaskAssigned{
		Task: f.Task, Owner: incident.PersonID(f.Owner), Previous: incident.PersonID(f.Previous), Due: instant(f.DueUs),
	}
}

func (e *encoder) VisitTaskEnded(v incident.TaskEnded) {
	e.facts = &incidentv1.TaskEndedFacts{Task: v.Task, Outcome: incidentv1.Outcome(v.Outcome)}
	e.content = &incidentv1.TaskEndedContent{Note: v.Note}
}

func taskEnded(f *incidentv1.TaskEndedFacts, c *incidentv1.TaskEndedContent) incident.TaskEnded {
	return incident.TaskEnded{Task: f.Task, Outcome: term[incident.Outcome](f.Outcome), Note: c.Note}
}

func (e *encoder) VisitFollowUpAdded(v incident.FollowUpAdded) {
	e.facts = &incidentv1.FollowUpAddedFacts{
		FollowUp: v.FollowUp, Owner: string(v.Owner), Type: incidentv1.FollowUpType(v.Purpose),
		Priority: incidentv1.Priority(v.Priority), DueUs: micros(v.Due),
	}
	e.content = &incidentv1.FollowUpAddedContent{Text: v.Text, Tracker: v.Tracker}
}

func followUpAdded(f *incidentv1.FollowUpAddedFacts, c *incidentv1.FollowUpAddedContent) incident.FollowUpAdded {
	return incident.FollowUpAdded{
		FollowUp: f.FollowUp, Text: c.Text, Owner: incident.PersonID(f.Owner), Purpose: term[incident.FollowUpType](f.Type),
		Priority: term[incident.Priority](f.Priority), Due: instant(f.DueUs), Tracker: c.Tracker,
	}
}

func (e *encoder) VisitFollowUpRevised(v incident.FollowUpRevised) {
	e.facts = &incidentv1.FollowUpRevisedFacts{
		FollowUp: v.FollowUp, Owner: string(v.Owner), Type: incidentv1.FollowUpType(v.Purpose),
		Priority: incidentv1.Priority(v.Priority), DueUs: micros(v.Due), Linked: v.Linked,
	}
	e.content = &incidentv1.FollowUpRevisedContent{Tracker: v.Tracker}
}

func followUpRevised(f *incidentv1.FollowUpRevisedFacts, c *incidentv1.FollowUpRevisedContent) incident.FollowUpRevised {
	return incident.FollowUpRevised{
		FollowUp: f.FollowUp, Owner: incident.PersonID(f.Owner), Purpose: term[incident.FollowUpType](f.Type),
		Priority: term[incident.Priority](f.Priority), Due: instant(f.DueUs), Linked: f.Linked, Tracker: c.Tracker,
	}
}

func (e *encoder) VisitFollowUpEnded(v incident.FollowUpEnded) {
	e.facts = &incidentv1.FollowUpEndedFacts{FollowUp: v.FollowUp, Outcome: incidentv1.Outcome(v.Outcome)}
	e.content = &incidentv1.FollowUpEndedContent{Note: v.Note}
}

func followUpEnded(f *incidentv1.FollowUpEndedFacts, c *incidentv1.FollowUpEndedContent) incident.FollowUpEnded {
	return incident.FollowUpEnded{FollowUp: f.FollowUp, Outcome: term[incident.Outcome](f.Outcome), Note: c.Note}
}

func (e *encoder) VisitChecklistStarted(v incident.ChecklistStarted) {
	facts := &incidentv1.ChecklistStartedFacts{Checklist: v.Checklist, Revision: v.Revision}
	said := &incidentv1.ChecklistStartedContent{Title: v.Title}
	for _, i := range v.Items {
		facts.Items, said.Texts = append(facts.Items, i.Item), append(said.Texts, i.Text)
	}
	e.facts, e.content = facts, said
}

// checklistStarted: of a redacted one the lines are there without their texts.
func checklistStarted(f *incidentv1.ChecklistStartedFacts, c *incidentv1.ChecklistStartedContent) incident.ChecklistStarted {
	e := incident.ChecklistStarted{Checklist: f.Checklist, Revision: f.Revision, Title: c.Title}
	for n, id := range f.Items {
		i := incident.ChecklistItem{Item: id}
		if n < len(c.Texts) {
			i.Text = c.Texts[n]
		}
		e.Items = append(e.Items, i)
	}
	return e
}

func (e *encoder) VisitChecklistItemTicked(v incident.ChecklistItemTicked) {
	e.facts = &incidentv1.ChecklistItemTickedFacts{Checklist: v.Checklist, Item: v.Item, Ticked: v.Ticked}
	e.content = &incidentv1.ChecklistItemTickedContent{Note: v.Note}
}

func checklistItemTicked(f *incidentv1.ChecklistItemTickedFacts, c *incidentv1.ChecklistItemTickedContent) incident.ChecklistItemTicked {
	return incident.ChecklistItemTicked{Checklist: f.Checklist, Item: f.Item, Ticked: f.Ticked, Note: c.Note}
}
