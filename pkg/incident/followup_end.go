package incident

// EndFollowUp says that a follow-up was done or given up. Any responder may, at any
// time, also after a merge. What ended so already, without a new note, is no event
// and no error.
type EndFollowUp struct {
	FollowUp uint64 // as in F1
	Outcome  Outcome
	Note     string // optional: what came of it
}

// FollowUpEnded says that a follow-up was done or given up.
type FollowUpEnded struct {
	FollowUp uint64
	Outcome  Outcome
	Note     string // content
}

// Name returns "end_follow_up".
func (EndFollowUp) Name() string { return "end_follow_up" }

func (c EndFollowUp) decide(s State, _ Context) ([]Event, error) {
	if err := checkEnd(c.Outcome, c.Note); err != nil {
		return nil, err
	}
	i, err := followUpKind().require(s.followUps, c.FollowUp)
	if err != nil {
		return nil, err
	}
	if i.Outcome == c.Outcome && c.Note == "" {
		return nil, nil
	}
	if err := followUpKind().requireOpen(i); err != nil {
		return nil, err
	}
	return []Event{FollowUpEnded(c)}, nil
}

func (c EndFollowUp) conflicts(before, after State) bool {
	return touched(c.FollowUp, before.followUps, after.followUps)
}

func (EndFollowUp) curates() {}

// Type returns "incident.follow_up_ended".
func (FollowUpEnded) Type() string { return "incident.follow_up_ended" }

// Accept calls VisitFollowUpEnded.
func (e FollowUpEnded) Accept(v Visitor) { v.VisitFollowUpEnded(e) }

func (e FollowUpEnded) traits() traits { return editable | content.when(e.Note != "") }

func (e FollowUpEnded) evolve(s State, m Meta) State {
	s.followUps = s.followUps.ended(e.FollowUp, e.Outcome, m)
	return s
}
