package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitTaskAdded(e incident.TaskAdded) {
	if f.Incident.task(e.Task) == nil {
		f.Incident.Tasks = append(f.Incident.Tasks, Task{
			Number: e.Task, Name: incident.ItemName(e), Entry: f.meta.Revision, Text: e.Text, Owner: e.Owner, Due: e.Due, AddedAt: f.meta.OccurredAt,
		})
	}
	f.entry.Headline, f.entry.Text = "Task "+incident.ItemName(e)+whose(e.Owner, e.Due), e.Text
}

func (f *folding) VisitTaskAssigned(e incident.TaskAssigned) {
	if t := f.Incident.task(e.Task); t != nil {
		t.Owner, t.Due = e.Owner, e.Due
	}
	f.entry.Headline = "Task " + incident.ItemName(e) + whose(e.Owner, e.Due)
	if e.Previous != "" && e.Previous != e.Owner {
		f.entry.Headline += ", before " + Mark(e.Previous)
	}
}

func (f *folding) VisitTaskEnded(e incident.TaskEnded) {
	if t := f.Incident.task(e.Task); t != nil {
		t.end(e.Outcome, f.meta.OccurredAt)
	}
	f.entry.Headline, f.entry.Text = "Task "+incident.ItemName(e)+" "+e.Outcome.String(), e.Note
}

func (f *folding) VisitFollowUpAdded(e incident.FollowUpAdded) {
	if f.Incident.followUp(e.FollowUp) == nil {
		f.Incident.FollowUps = append(f.Incident.FollowUps, FollowUp{
			Task: Task{
				Number: e.FollowUp, Name: incident.ItemName(e), Entry: f.meta.Revision, Text: e.Text, Owner: e.Owner, Due: e.Due, AddedAt: f.meta.OccurredAt,
			},
			Purpose: e.Purpose, Priority: e.Priority, Tracker: e.Tracker, linkedBy: f.meta.Revision,
		})
	}
	f.entry.Headline, f.entry.Text = "Follow-up "+incident.ItemName(e)+whose(e.Owner, e.Due), e.Text
}

func (f *folding) VisitReviewScheduled(e incident.ReviewScheduled) {
	if f.Incident.followUp(e.FollowUp) == nil {
		f.Incident.FollowUps = append(f.Incident.FollowUps, FollowUp{
			Task: Task{
				Number: e.FollowUp, Name: incident.ItemName(e), Entry: f.meta.Revision, Text: e.Text(), Due: e.Due, AddedAt: f.meta.OccurredAt,
			},
			Purpose: incident.FollowUpProcess,
		})
	}
	f.Incident.Reviews = append(f.Incident.Reviews, Review{
		Category: e.Category, Earlier: e.Earlier, Window: e.Window, Due: e.Due, FollowUp: incident.ItemName(e), Entry: f.meta.Revision,
	})
	f.entry.Headline, f.entry.Text = "Review scheduled, follow-up "+incident.ItemName(e)+whose("", e.Due), e.Text()
}

func (f *folding) VisitFollowUpRevised(e incident.FollowUpRevised) {
	if u := f.Incident.followUp(e.FollowUp); u != nil {
		u.Owner, u.Purpose, u.Priority, u.Due = e.Owner, e.Purpose, e.Priority, e.Due
		if e.Linked {
			u.Tracker, u.linkedBy = e.Tracker, f.meta.Revision
		}
	}
	f.entry.Headline, f.entry.Text = "Follow-up "+incident.ItemName(e)+whose(e.Owner, e.Due), e.Tracker
	if e.Priority != incident.PriorityUnknown {
		f.entry.Headline += ", priority " + e.Priority.String()
	}
}

func (f *folding) VisitFollowUpEnded(e incident.FollowUpEnded) {
	if u := f.Incident.followUp(e.FollowUp); u != nil {
		u.end(e.Outcome, f.meta.OccurredAt)
	}
	f.entry.Headline, f.entry.Text = "Follow-up "+incident.ItemName(e)+" "+e.Outcome.String(), e.Note
}

// whose says who does something and by when.
func whose(owner incident.PersonID, due time.Time) string {
	words := ", nobody's yet"
	if owner != "" {
		words = " for " + Mark(owner)
	}
	if !due.IsZero() {
		words += ", due " + due.UTC().Format(time.DateTime) + " UTC"
	}
	return words
}
