package incident

import "time"

// AssignTask gives an open task another owner, another time, or both. Any
// responder may. What is so already is no event and no error.
type AssignTask struct {
	Task  uint64    // as in T1
	Owner PersonID  // empty keeps the owner
	Due   time.Time // zero keeps the time
}

// TaskAssigned says that a task has another owner or another time.
type TaskAssigned struct {
	Task     uint64
	Owner    PersonID
	Previous PersonID // the owner before; empty for nobody
	Due      time.Time
}

// Name returns "assign_task".
func (AssignTask) Name() string { return "assign_task" }

func (c AssignTask) decide(s State, _ Context) ([]Event, error) {
	if c.Owner == "" && c.Due.IsZero() {
		return nil, invalid("owner", "required", "name the new owner, or the time by which it is to be done")
	}
	if err := firstError(
		func() error { return checkName("owner", string(c.Owner), false) },
		func() error { return checkStorable("due", c.Due) },
	); err != nil {
		return nil, err
	}
	i, err := taskKind().require(s.tasks, c.Task)
	if err != nil {
		return nil, err
	}
	e := TaskAssigned{Task: c.Task, Owner: c.Owner, Previous: i.Owner, Due: stamp(c.Due)}
	if e.Owner == "" {
		e.Owner = i.Owner
	}
	if e.Due.IsZero() {
		e.Due = i.Due
	}
	if e.Owner == i.Owner && e.Due.Equal(i.Due) {
		return nil, nil
	}
	if err := taskKind().requireOpen(i); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

func (c AssignTask) conflicts(before, after State) bool {
	return touched(c.Task, before.tasks, after.tasks)
}

// Type returns "incident.task_assigned".
func (TaskAssigned) Type() string { return "incident.task_assigned" }

// Accept calls VisitTaskAssigned.
func (e TaskAssigned) Accept(v Visitor) { v.VisitTaskAssigned(e) }

func (TaskAssigned) traits() traits { return 0 }

func (e TaskAssigned) evolve(s State, _ Meta) State {
	s.tasks = s.tasks.changed(e.Task, func(i *Item) { i.Owner, i.Due = e.Owner, e.Due })
	return s
}
