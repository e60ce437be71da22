package view

import (
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Task is a piece of the work on an incident.
type Task struct {
	Name      string `json:"name"`
	Number    uint64 `json:"number"`
	Text      string `json:"text"`
	Owner     string `json:"owner"`
	OwnerName string `json:"owner_name"`
	DueTime   Time   `json:"due_time"`
	// State is open, done or dropped.
	State     string `json:"state"`
	EndedTime Time   `json:"ended_time"`
	AddedTime Time   `json:"added_time"`
	Entry     uint64 `json:"entry"`
}

// FollowUp is something to be done afterwards.
type FollowUp struct {
	Task

	// Type is prevent, mitigate, detect, process or unknown.
	Type string `json:"type"`
	// Priority is high, medium, low or unknown.
	Priority string `json:"priority"`
	Tracker  string `json:"tracker"`
}

func ofTasks(in []*timelinev1.Task) []Task {
	out := make([]Task, 0, len(in))
	for _, t := range in {
		out = append(out, Task{
			Name: t.GetName(), Number: t.GetNumber(), Text: t.GetText(), Owner: t.GetOwner(), OwnerName: t.GetOwnerName(),
			DueTime: timeOf(t.GetDueTime()), State: outcome(t.GetOutcome()), EndedTime: timeOf(t.GetEndedTime()),
			AddedTime: timeOf(t.GetAddedTime()), Entry: t.GetEntry(),
		})
	}
	return out
}

func ofFollowUps(in []*timelinev1.FollowUp) []FollowUp {
	out := make([]FollowUp, 0, len(in))
	for _, f := range in {
		out = append(out, FollowUp{
			Task: Task{
				Name: f.GetName(), Number: f.GetNumber(), Text: f.GetText(), Owner: f.GetOwner(), OwnerName: f.GetOwnerName(),
				DueTime: timeOf(f.GetDueTime()), State: outcome(f.GetOutcome()), EndedTime: timeOf(f.GetEndedTime()),
				AddedTime: timeOf(f.GetAddedTime()), Entry: f.GetEntry(),
			},
			Type: Word(f.GetType()), Priority: Word(f.GetPriority()), Tracker: f.GetTracker(),
		})
	}
	return out
}

// outcome is the state of a task: "open" until it has ended.
func outcome(o incidentv1.Outcome) string {
	if o == incidentv1.Outcome_OUTCOME_UNSPECIFIED {
		return "open"
	}
	return Word(o)
}
