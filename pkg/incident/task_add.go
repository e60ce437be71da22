package incident

import "time"

// AddTask gives the work on the incident one more piece, with one owner and the
// time by which it is to be done. Any responder may, until the incident is closed
// or cancelled.
type AddTask struct {
	Text  string    // Markdown, required
	Owner PersonID  // optional
	Due   time.Time // optional
}

// TaskAdded says that there is one more task.
type TaskAdded struct {
	Task  uint64 // its number, as in T1
	Text  string // content
	Owner PersonID
	Due   time.Time
}

// Name returns "add_task".
func (AddTask) Name() string { return "add_task" }

func (c AddTask) decide(s State, _ Context) ([]Event, error) {
	if err := checkItem(c.Text, c.Owner, c.Due); err != nil {
		return nil, err
	}
	if s.Status == StatusClosed || s.Status == StatusCancelled {
		return nil, wrongState("already_"+s.Status.String(),
			"the incident is "+s.Status.String()+": reopen it if it is not over, or add a follow-up")
	}
	if err := taskKind().checkRoom(s.tasks); err != nil {
		return nil, err
	}
	return []Event{TaskAdded{Task: s.tasks.next(), Text: c.Text, Owner: c.Owner, Due: stamp(c.Due)}}, nil
}

func (AddTask) conflicts(_, _ State) bool { return false }

// Tasks returns the tasks of the incident, in their order.
func (s State) Tasks() []Item { return s.tasks.all() }

// Type returns "incident.task_added".
func (TaskAdded) Type() string { return "incident.task_added" }

// Accept calls VisitTaskAdded.
func (e TaskAdded) Accept(v Visitor) { v.VisitTaskAdded(e) }

func (e TaskAdded) traits() traits { return editable | content.when(e.Text != "") }

func (e TaskAdded) evolve(s State, m Meta) State {
	s.tasks = s.tasks.added(Item{Number: e.Task, Entry: m.Revision, Owner: e.Owner, Due: e.Due, AddedAt: m.OccurredAt})
	return s
}
