package incident

// ChangeVisibility makes an incident private, so that only its members and admins
// see it, or visible to everybody again. It is for the leader by name, managers and
// admins. Whoever makes it private becomes a member. What customers were told stays
// as it is. What is so already is no event and no error.
type ChangeVisibility struct {
	Private bool
	Reason  string // optional
}

// VisibilityChanged says that the incident is private from now on, or is not any
// more.
type VisibilityChanged struct {
	Private bool
	Reason  string // content
}

// Name returns "change_visibility".
func (ChangeVisibility) Name() string { return "change_visibility" }

func (c ChangeVisibility) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLeadByName(s); err != nil {
		return nil, err
	}
	if s.Private == c.Private {
		return nil, nil
	}
	return []Event{VisibilityChanged(c)}, nil
}

// requireLeadByName is requireLead without the right that every responder has while
// nobody leads.
func (c Context) requireLeadByName(s State) error {
	if err := c.requireLead(s); err != nil {
		return err
	}
	if c.Authority >= Manager || c.Actor == s.Leader() {
		return nil
	}
	return denied("nobody_leads",
		"only the incident's commander, a manager or an admin may do this, and nobody commands: take the commander's role first")
}

func (ChangeVisibility) conflicts(before, after State) bool { return before.Private != after.Private }

// Type returns "incident.visibility_changed".
func (VisibilityChanged) Type() string { return "incident.visibility_changed" }

// Accept calls VisitVisibilityChanged.
func (e VisibilityChanged) Accept(v Visitor) { v.VisitVisibilityChanged(e) }

func (e VisibilityChanged) traits() traits { return editable | content.when(e.Reason != "") }

func (e VisibilityChanged) evolve(s State, m Meta) State {
	s.Private = e.Private
	if e.Private {
		return s.joined(m.Actor)
	}
	return s
}
