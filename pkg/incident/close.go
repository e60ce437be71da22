package incident

// Close says that nothing is left to do. The incident must be resolved or
// cancelled. It needs the commander's rights. Repeated it is refused.
type Close struct {
	Reason string // optional
}

// Closed says that nothing is left to do.
type Closed struct {
	Reason string // content
}

// Name returns "close".
func (Close) Name() string { return "close" }

func (c Close) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	switch {
	case s.Status == StatusClosed:
		return nil, alreadyDone("already_closed", "the incident is closed already: add a note, or reopen it")
	case s.Status.Open():
		return nil, wrongState("not_resolved", "the incident is still open: resolve or cancel it first")
	}
	return []Event{Closed(c)}, nil
}

func (Close) conflicts(before, after State) bool { return !sameLife(before, after) }

// Type returns "incident.closed".
func (Closed) Type() string { return "incident.closed" }

// Accept calls VisitClosed.
func (e Closed) Accept(v Visitor) { v.VisitClosed(e) }

func (e Closed) traits() traits { return editable | content.when(e.Reason != "") }

func (Closed) evolve(s State, _ Meta) State {
	s.Status = StatusClosed
	return s
}
