package incident

// AssignPostmortem asks somebody to write the post-mortem of a resolved or closed
// incident; the first time it is a draft from then on. It needs the commander's
// rights. To the owner that it has already is no event and no error.
type AssignPostmortem struct {
	Owner PersonID
}

// PostmortemAssigned says that somebody was asked to write the post-mortem.
type PostmortemAssigned struct {
	Owner    PersonID
	Previous PersonID // the owner before; empty for nobody
}

// Name returns "assign_postmortem".
func (AssignPostmortem) Name() string { return "assign_postmortem" }

func (c AssignPostmortem) decide(s State, ctx Context) ([]Event, error) {
	if err := checkName("owner", string(c.Owner), true); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if err := requireOver(s); err != nil {
		return nil, err
	}
	if s.PostmortemOwner == c.Owner {
		return nil, nil
	}
	if s.Postmortem == PostmortemClosed {
		return nil, wrongState("postmortem_closed", "the post-mortem is closed: add a follow-up for what is left to do")
	}
	return []Event{PostmortemAssigned{Owner: c.Owner, Previous: s.PostmortemOwner}}, nil
}

// requireOver refuses incidents that have no end to look back from.
func requireOver(s State) error {
	switch {
	case s.Status.Open():
		return wrongState("not_resolved", "the incident is not resolved yet: the post-mortem comes after it")
	case s.FalseAlarm:
		return wrongState("cancelled", "it was a false alarm: there is no post-mortem; reopen it if it was none")
	}
	return nil
}

func (AssignPostmortem) conflicts(before, after State) bool { return postmortemChanged(before, after) }

// postmortemChanged reports whether owner or state of the post-mortem changed.
func postmortemChanged(before, after State) bool {
	return before.Postmortem != after.Postmortem || before.PostmortemOwner != after.PostmortemOwner
}

// Type returns "incident.postmortem_assigned".
func (PostmortemAssigned) Type() string { return "incident.postmortem_assigned" }

// Accept calls VisitPostmortemAssigned.
func (e PostmortemAssigned) Accept(v Visitor) { v.VisitPostmortemAssigned(e) }

func (PostmortemAssigned) traits() traits { return 0 }

func (e PostmortemAssigned) evolve(s State, _ Meta) State {
	s.PostmortemOwner = e.Owner
	s.Postmortem = max(s.Postmortem, PostmortemDraft)
	return s
}
