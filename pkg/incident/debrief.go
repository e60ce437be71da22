package incident

// AddDebrief writes down what the talk right after the incident gave: what happened,
// and what was done. Any responder may, once it is resolved, closed or cancelled;
// there may be several.
type AddDebrief struct {
	Text string // Markdown, required
}

// DebriefAdded says what the talk right after the incident gave.
type DebriefAdded struct {
	Text string // content
}

// Name returns "add_debrief".
func (AddDebrief) Name() string { return "add_debrief" }

func (c AddDebrief) decide(s State, _ Context) ([]Event, error) {
	if err := checkRequired("text", c.Text, MaxText); err != nil {
		return nil, err
	}
	if s.Status.Open() {
		return nil, wrongState("not_over", "the incident is not over yet: resolve it first, or post an update")
	}
	return []Event{DebriefAdded(c)}, nil
}

func (AddDebrief) conflicts(_, _ State) bool { return false }

// Type returns "incident.debrief_added".
func (DebriefAdded) Type() string { return "incident.debrief_added" }

// Accept calls VisitDebriefAdded.
func (e DebriefAdded) Accept(v Visitor) { v.VisitDebriefAdded(e) }

func (e DebriefAdded) traits() traits { return editable | content.when(e.Text != "") }

func (DebriefAdded) evolve(s State, _ Meta) State {
	s.Debriefed = true
	return s
}
