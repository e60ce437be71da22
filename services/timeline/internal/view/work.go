package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Task is a piece of the work on an incident.
type Task struct {
	Number  uint64
	Name    string // as in T1
	Entry   uint64 // revision of its entry
	Text    string // as corrected; empty after a redaction
	Owner   incident.PersonID
	Due     time.Time
	AddedAt time.Time
	Outcome incident.Outcome // OutcomeUnknown while it is open
	EndedAt time.Time
}

// FollowUp is something to be done afterwards.
type FollowUp struct {
	Task

	Purpose  incident.FollowUpType
	Priority incident.Priority
	Tracker  string // empty after a redaction
	linkedBy uint64 // revision of the entry that gave Tracker
}

// Review is to be held about several incidents of one category.
type Review struct {
	Category string
	Earlier  []incident.ID // newest first
	Window   time.Duration
	Due      time.Time
	FollowUp string // as in F1
	Entry    uint64 // revision of its entry
}

// end notes how a task ended, unless it had ended before.
func (t *Task) end(outcome incident.Outcome, at time.Time) {
	if t.Outcome == incident.OutcomeUnknown {
		t.Outcome, t.EndedAt = outcome, at
	}
}

// task finds a task; nil when there is none.
func (i *Incident) task(number uint64) *Task {
	for n := range i.Tasks {
		if i.Tasks[n].Number == number {
			return &i.Tasks[n]
		}
	}
	return nil
}

// followUp finds a follow-up; nil when there is none.
func (i *Incident) followUp(number uint64) *FollowUp {
	for n := range i.FollowUps {
		if i.FollowUps[n].Number == number {
			return &i.FollowUps[n]
		}
	}
	return nil
}

// reword gives what an entry brought its corrected text.
func (i *Incident) reword(entry uint64, text string) {
	i.renote(entry, text)
	for n := range i.Tasks {
		if i.Tasks[n].Entry == entry {
			i.Tasks[n].Text = text
		}
	}
	for n := range i.FollowUps {
		if i.FollowUps[n].Entry == entry {
			i.FollowUps[n].Text = text
		}
	}
}

// forget takes away what an entry said, wherever it is repeated.
func (i *Incident) forget(entry uint64) {
	i.reword(entry, "")
	i.forgetChecklist(entry)
	for n := range i.FollowUps {
		if f := &i.FollowUps[n]; f.linkedBy == entry {
			f.Tracker = ""
		}
	}
}
