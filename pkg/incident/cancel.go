package incident

// Cancel says that it was a false alarm, and why. The incident must be open or
// resolved. It needs the commander's rights. Repeated it is refused.
type Cancel struct {
	Reason string // required
}

// Cancelled says that it was a false alarm.
type Cancelled struct {
	From   Status
	Reason string // content
}

// Name returns "cancel".
func (Cancel) Name() string { return "cancel" }

func (c Cancel) decide(s State, ctx Context) ([]Event, error) {
	if err := checkRequired("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	switch s.Status {
	case StatusCancelled:
		return nil, alreadyDone("already_cancelled", "the incident is cancelled already: add a note, close it, or reopen it")
	case StatusClosed:
		return nil, wrongState("already_closed", "the incident is closed already: reopen it first, then cancel it")
	default:
		return []Event{Cancelled{From: s.Status, Reason: c.Reason}}, nil
	}
}

func (Cancel) conflicts(before, after State) bool { return !sameLife(before, after) }

// Type returns "incident.cancelled".
func (Cancelled) Type() string { return "incident.cancelled" }

// Accept calls VisitCancelled.
func (e Cancelled) Accept(v Visitor) { v.VisitCancelled(e) }

func (e Cancelled) traits() traits { return editable | content.when(e.Reason != "") }

func (Cancelled) evolve(s State, _ Meta) State {
	s.Status, s.FalseAlarm = StatusCancelled, true
	return s
}
