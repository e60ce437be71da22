package incident

// ConfirmStability says that somebody has looked and the service is stable. Any
// responder may, once the incident is mitigated, monitored or over. Repeated it is
// refused, so that no note is lost unseen, until the incident fell back or was
// reopened.
type ConfirmStability struct {
	Note string // optional: what was looked at
}

// StabilityConfirmed says that somebody has looked and the service is stable.
type StabilityConfirmed struct {
	Note string // content
}

// Name returns "confirm_stability".
func (ConfirmStability) Name() string { return "confirm_stability" }

func (c ConfirmStability) decide(s State, _ Context) ([]Event, error) {
	if err := checkOptional("note", c.Note, MaxText); err != nil {
		return nil, err
	}
	switch {
	case s.Status == StatusCancelled:
		return nil, requireOpen(s)
	case !s.Mitigated && s.Status < StatusMonitoring:
		return nil, wrongState("not_mitigated", "the incident is not mitigated yet: confirm that it is stable when customers are no longer hurt")
	case s.Stable:
		return nil, alreadyDone("already_stable", "it was confirmed already that it is stable: write a note instead")
	}
	return []Event{StabilityConfirmed(c)}, nil
}

func (ConfirmStability) conflicts(before, after State) bool {
	return !sameLife(before, after) || before.Stable != after.Stable
}

// Type returns "incident.stability_confirmed".
func (StabilityConfirmed) Type() string { return "incident.stability_confirmed" }

// Accept calls VisitStabilityConfirmed.
func (e StabilityConfirmed) Accept(v Visitor) { v.VisitStabilityConfirmed(e) }

func (e StabilityConfirmed) traits() traits { return editable | content.when(e.Note != "") }

func (StabilityConfirmed) evolve(s State, _ Meta) State {
	s.Stable = true
	return s
}
