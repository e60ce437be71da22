package incident

// Mitigate says that customers are no longer hurt, though the cause may be
// unknown. The status stays. It needs the commander's rights and an open
// incident. Repeated it is refused, so that no summary is lost unseen, until
// the incident fell back or was reopened.
type Mitigate struct {
	Summary string // optional: what helped
}

// Mitigated says that customers are no longer hurt, though the cause may be
// unknown.
type Mitigated struct {
	Summary string // content
}

// Name returns "mitigate".
func (Mitigate) Name() string { return "mitigate" }

func (c Mitigate) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("summary", c.Summary, MaxText); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if err := requireOpen(s); err != nil {
		return nil, err
	}
	if s.Mitigated {
		return nil, alreadyDone("already_mitigated",
			"the incident is mitigated already: post an update, or resolve it")
	}
	return []Event{Mitigated(c)}, nil
}

func (Mitigate) conflicts(before, after State) bool {
	return !sameLife(before, after) || before.Mitigated != after.Mitigated
}

// Type returns "incident.mitigated".
func (Mitigated) Type() string { return "incident.mitigated" }

// Accept calls VisitMitigated.
func (e Mitigated) Accept(v Visitor) { v.VisitMitigated(e) }

func (e Mitigated) traits() traits { return editable | content.when(e.Summary != "") }

func (Mitigated) evolve(s State, _ Meta) State {
	s.Mitigated = true
	return s
}
