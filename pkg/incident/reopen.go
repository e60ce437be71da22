package incident

// Reopen goes on with a resolved, closed or cancelled incident, which is then
// under investigation. It needs the commander's rights. An open incident refuses
// it.
type Reopen struct {
	Reason string // optional
}

// Reopened says that a resolved, closed or cancelled incident goes on.
type Reopened struct {
	From   Status
	Reason string // content
}

// Name returns "reopen".
func (Reopen) Name() string { return "reopen" }

func (c Reopen) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if s.Status.Open() {
		return nil, alreadyDone("already_open", "the incident is open already: post an update or change its status")
	}
	return []Event{Reopened{From: s.Status, Reason: c.Reason}}, nil
}

func (Reopen) conflicts(before, after State) bool { return !sameLife(before, after) }

// Type returns "incident.reopened".
func (Reopened) Type() string { return "incident.reopened" }

// Accept calls VisitReopened.
func (e Reopened) Accept(v Visitor) { v.VisitReopened(e) }

func (e Reopened) traits() traits { return editable | content.when(e.Reason != "") }

func (Reopened) evolve(s State, _ Meta) State {
	s.Status, s.FalseAlarm, s.Mitigated, s.Stable, s.Debriefed = StatusInvestigating, false, false, false, false
	return s
}
