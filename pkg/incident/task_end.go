package incident

// EndTask says that a task was done or given up. Any responder may, at any time,
// also after a merge. What ended so already, without a new note, is no event and no
// error.
type EndTask struct {
	Task    uint64 // as in T1
	Outcome Outcome
	Note    string // optional: what came of it
}

// TaskEnded says that a task was done or given up.
type TaskEnded struct {
	Task    uint64
	Outcome Outcome
	Note    string // content
}

// Name returns "end_task".
func (EndTask) Name() string { return "end_task" }

func (c EndTask) decide(s State, _ Context) ([]Event, error) {
	if err := checkEnd(c.Outcome, c.Note); err != nil {
		return nil, err
	}
	i, err := taskKind().require(s.tasks, c.Task)
	if err != nil {
		return nil, err
	}
	if i.Outcome == c.Outcome && c.Note == "" {
		return nil, nil
	}
	if err := taskKind().requireOpen(i); err != nil {
		return nil, err
	}
	return []Event{TaskEnded(c)}, nil
}

func (c EndTask) conflicts(before, after State) bool {
	return touched(c.Task, before.tasks, after.tasks)
}

func (EndTask) curates() {}

// Type returns "incident.task_ended".
func (TaskEnded) Type() string { return "incident.task_ended" }

// Accept calls VisitTaskEnded.
func (e TaskEnded) Accept(v Visitor) { v.VisitTaskEnded(e) }

func (e TaskEnded) traits() traits { return editable | content.when(e.Note != "") }

func (e TaskEnded) evolve(s State, m Meta) State {
	s.tasks = s.tasks.ended(e.Task, e.Outcome, m)
	return s
}
