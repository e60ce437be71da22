package incident

// ChangeSeverity says how bad the incident is, also after it is over, since
// reviews correct the first guess. It needs the commander's rights. To the
// severity that it has already is no event and no error.
type ChangeSeverity struct {
	To     Severity // SEV-1 to SEV-3; what is known once does not become unknown
	Reason string   // optional
}

// SeverityChanged says that the severity was changed.
type SeverityChanged struct {
	From, To Severity
	Reason   string // content
}

// Name returns "change_severity".
func (ChangeSeverity) Name() string { return "change_severity" }

func (c ChangeSeverity) decide(s State, ctx Context) ([]Event, error) {
	if !c.To.Known() {
		return nil, invalid("severity", "unknown_severity", "unknown severity: use SEV-1, SEV-2 or SEV-3")
	}
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if c.To == s.Severity {
		return nil, nil
	}
	return []Event{SeverityChanged{From: s.Severity, To: c.To, Reason: c.Reason}}, nil
}

func (ChangeSeverity) conflicts(before, after State) bool {
	return before.Severity != after.Severity || before.MergedInto != after.MergedInto
}

// Type returns "incident.severity_changed".
func (SeverityChanged) Type() string { return "incident.severity_changed" }

// Accept calls VisitSeverityChanged.
func (e SeverityChanged) Accept(v Visitor) { v.VisitSeverityChanged(e) }

func (e SeverityChanged) traits() traits { return editable | content.when(e.Reason != "") }

func (e SeverityChanged) evolve(s State, _ Meta) State {
	s.Severity = e.To
	return s
}
