package incident

import "fmt"

// ChangeStatus moves an open incident among triage, investigating, identified
// and monitoring, forwards or backwards. It needs the commander's rights. To the
// status that it has already is no event and no error.
type ChangeStatus struct {
	To     Status
	Reason string // optional
}

// StatusChanged says that the status moved among triage, investigating,
// identified and monitoring.
type StatusChanged struct {
	From, To Status
	Reason   string // content
}

// Name returns "change_status".
func (ChangeStatus) Name() string { return "change_status" }

func (c ChangeStatus) decide(s State, ctx Context) ([]Event, error) {
	if !c.To.Open() {
		return nil, invalid("status", "not_an_open_status",
			"status must be triage, investigating, identified or monitoring: to end an incident resolve, close or cancel it")
	}
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if err := requireOpen(s); err != nil {
		return nil, err
	}
	if c.To == s.Status {
		return nil, nil
	}
	return []Event{StatusChanged{From: s.Status, To: c.To, Reason: c.Reason}}, nil
}

// requireOpen refuses what makes sense only while somebody works on it.
func requireOpen(s State) error {
	if s.Status.Open() {
		return nil
	}
	return wrongState("already_"+s.Status.String(),
		fmt.Sprintf("the incident is %s already: reopen it first if it is not over", s.Status))
}

func (ChangeStatus) conflicts(before, after State) bool { return !sameLife(before, after) }

// Type returns "incident.status_changed".
func (StatusChanged) Type() string { return "incident.status_changed" }

// Accept calls VisitStatusChanged.
func (e StatusChanged) Accept(v Visitor) { v.VisitStatusChanged(e) }

func (e StatusChanged) traits() traits { return editable | content.when(e.Reason != "") }

// evolve also forgets the mitigation when the incident falls back to a state in
// which the cause is looked for.
func (e StatusChanged) evolve(s State, _ Meta) State {
	if e.To < s.Status && e.To <= StatusInvestigating {
		s.Mitigated, s.Stable = false, false
	}
	s.Status = e.To
	return s
}
