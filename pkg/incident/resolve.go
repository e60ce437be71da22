package incident

// Resolve ends an open incident for customers. It needs the commander's rights.
// Repeated it is refused, so that no summary is lost unseen.
type Resolve struct {
	Summary string // optional: what was done
	// Automatic is set when the alerts ended. It is refused as soon as somebody
	// has touched the incident: then a person decides.
	Automatic bool
}

// Resolved says that the incident is over for customers.
type Resolved struct {
	From      Status
	Automatic bool
	Summary   string // content
}

// Name returns "resolve".
func (Resolve) Name() string { return "resolve" }

func (c Resolve) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("summary", c.Summary, MaxText); err != nil {
		return nil, err
	}
	if c.Automatic && s.Touched && s.Status.Open() {
		return nil, wrongState("touched",
			"somebody works on this incident: it is resolved by a person, not by the end of its alerts")
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if s.Status == StatusResolved {
		return nil, alreadyDone("already_resolved",
			"the incident is resolved already: add a note, close it, or reopen it")
	}
	if err := requireOpen(s); err != nil {
		return nil, err
	}
	if c.Automatic && s.Status != StatusTriage {
		return nil, wrongState("confirmed",
			"this incident was confirmed when it was declared: it is resolved by a person, not by the end of its alerts")
	}
	return []Event{Resolved{From: s.Status, Automatic: c.Automatic, Summary: c.Summary}}, nil
}

func (Resolve) conflicts(before, after State) bool { return !sameLife(before, after) }

// Type returns "incident.resolved".
func (Resolved) Type() string { return "incident.resolved" }

// Accept calls VisitResolved.
func (e Resolved) Accept(v Visitor) { v.VisitResolved(e) }

func (e Resolved) traits() traits {
	return editable | content.when(e.Summary != "") | machine.when(e.Automatic)
}

func (Resolved) evolve(s State, _ Meta) State {
	s.Status = StatusResolved
	return s
}
