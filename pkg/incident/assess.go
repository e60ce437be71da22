package incident

// Assess answers whether it is getting worse. Any responder may, again and again;
// when the incident is over only about an earlier time.
type Assess struct {
	Trend  Trend
	Reason string // optional: what says so
}

// Assessed says where the incident was going at a time.
type Assessed struct {
	Trend  Trend
	Reason string // content
}

// Name returns "assess".
func (Assess) Name() string { return "assess" }

func (c Assess) decide(s State, ctx Context) ([]Event, error) {
	if !c.Trend.Known() {
		return nil, invalid("trend", "unknown_trend", "unknown trend: use worse, stable or better")
	}
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if ctx.OccurredAt.IsZero() {
		if err := requireOpen(s); err != nil {
			return nil, err
		}
	}
	return []Event{Assessed(c)}, nil
}

func (Assess) conflicts(_, _ State) bool { return false }

// Type returns "incident.assessed".
func (Assessed) Type() string { return "incident.assessed" }

// Accept calls VisitAssessed.
func (e Assessed) Accept(v Visitor) { v.VisitAssessed(e) }

func (e Assessed) traits() traits { return ignorable | editable | content.when(e.Reason != "") }

func (Assessed) evolve(s State, _ Meta) State { return s }
