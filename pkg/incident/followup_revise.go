package incident

import "time"

// ReviseFollowUp changes who does an open follow-up, by when, or what is said of
// it; its text is changed by EditEntry. Any responder may. What is left out stays;
// what is so already is no event and no error.
type ReviseFollowUp struct {
	FollowUp uint64 // as in F1
	Owner    PersonID
	Type     FollowUpType
	Priority Priority
	Due      time.Time
	Tracker  string // link to it in the team's tracker
}

// FollowUpRevised says how a follow-up stands from now on.
type FollowUpRevised struct {
	FollowUp uint64
	Owner    PersonID
	Purpose  FollowUpType
	Priority Priority
	Due      time.Time
	Linked   bool   // the link was given anew
	Tracker  string // content
}

// Name returns "revise_follow_up".
func (ReviseFollowUp) Name() string { return "revise_follow_up" }

func (c ReviseFollowUp) decide(s State, _ Context) ([]Event, error) {
	if c == (ReviseFollowUp{FollowUp: c.FollowUp}) {
		return nil, invalid("follow_up", "nothing_to_change", "say what changes: owner, type, priority, due or tracker")
	}
	if err := firstError(
		func() error { return checkName("owner", string(c.Owner), false) },
		func() error { return checkStorable("due", c.Due) },
		func() error { return checkFollowUp(c.Type, c.Priority, c.Tracker) },
	); err != nil {
		return nil, err
	}
	i, err := followUpKind().require(s.followUps, c.FollowUp)
	if err != nil {
		return nil, err
	}
	revised := i
	if c.Owner != "" {
		revised.Owner = c.Owner
	}
	if c.Type != FollowUpTypeUnknown {
		revised.Type = c.Type
	}
	if c.Priority != PriorityUnknown {
		revised.Priority = c.Priority
	}
	if !c.Due.IsZero() {
		revised.Due = stamp(c.Due)
	}
	if revised == i && c.Tracker == "" {
		return nil, nil
	}
	if err := followUpKind().requireOpen(i); err != nil {
		return nil, err
	}
	return []Event{FollowUpRevised{
		FollowUp: c.FollowUp, Owner: revised.Owner, Purpose: revised.Type, Priority: revised.Priority, Due: revised.Due,
		Linked: c.Tracker != "", Tracker: c.Tracker,
	}}, nil
}

func (c ReviseFollowUp) conflicts(before, after State) bool {
	return touched(c.FollowUp, before.followUps, after.followUps)
}

func (ReviseFollowUp) curates() {}

// Type returns "incident.follow_up_revised".
func (FollowUpRevised) Type() string { return "incident.follow_up_revised" }

// Accept calls VisitFollowUpRevised.
func (e FollowUpRevised) Accept(v Visitor) { v.VisitFollowUpRevised(e) }

func (e FollowUpRevised) traits() traits { return content.when(e.Tracker != "") }

func (e FollowUpRevised) evolve(s State, _ Meta) State {
	s.followUps = s.followUps.changed(e.FollowUp, func(i *Item) {
		i.Owner, i.Type, i.Priority, i.Due = e.Owner, e.Purpose, e.Priority, e.Due
	})
	return s
}
