package incident

import "time"

// StartImpact says when customers began to suffer, which is not when we began to
// respond; the time is that of the act. Said again with a time it revises the
// start; after the end it says that customers suffer again, and the window is open
// again from its first start. It needs the commander's rights.
type StartImpact struct {
	Reason string // optional
}

// ImpactStarted says when customers began to suffer.
type ImpactStarted struct {
	At time.Time
	// Again is true when the window had an end and is open again; its start stays.
	Again  bool
	Reason string // content
}

// EndImpact says when customers no longer suffered; the time is that of the act.
// Said again with a time it revises the end. It needs the commander's rights.
type EndImpact struct {
	Reason string // optional
}

// ImpactEnded says when customers no longer suffered.
type ImpactEnded struct {
	At     time.Time
	Reason string // content
}

// Name returns "start_impact".
func (StartImpact) Name() string { return "start_impact" }

func (c StartImpact) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	at := ctx.When()
	again := !s.ImpactEnd.IsZero() && !at.Before(s.ImpactEnd)
	switch {
	case !s.ImpactStart.IsZero() && s.ImpactEnd.IsZero() && ctx.OccurredAt.IsZero():
		return nil, alreadyDone("impact_started",
			"it is written down already when the impact began: to revise it give the time at which it did")
	case at.Equal(s.ImpactStart) && !again:
		return nil, nil
	}
	return []Event{ImpactStarted{At: at, Again: again, Reason: c.Reason}}, nil
}

func (StartImpact) conflicts(before, after State) bool { return windowMoved(before, after) }

// Name returns "end_impact".
func (EndImpact) Name() string { return "end_impact" }

func (c EndImpact) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	at := ctx.When()
	switch {
	case s.ImpactStart.IsZero():
		return nil, wrongState("impact_not_started", "nobody has said when the impact began: say that first")
	case !s.ImpactEnd.IsZero() && ctx.OccurredAt.IsZero():
		return nil, alreadyDone("impact_ended",
			"it is written down already when the impact ended: to revise it give the time at which it did")
	case at.Before(s.ImpactStart):
		return nil, invalid("occurred_at", "before_start", "occurred_at lies before the start of the impact: revise the start first")
	case at.Equal(s.ImpactEnd):
		return nil, nil
	}
	return []Event{ImpactEnded{At: at, Reason: c.Reason}}, nil
}

func (EndImpact) conflicts(before, after State) bool { return windowMoved(before, after) }

// windowMoved reports whether somebody else said when the impact was in between.
func windowMoved(before, after State) bool {
	return !before.ImpactStart.Equal(after.ImpactStart) || !before.ImpactEnd.Equal(after.ImpactEnd)
}

// Type returns "incident.impact_started".
func (ImpactStarted) Type() string { return "incident.impact_started" }

// Accept calls VisitImpactStarted.
func (e ImpactStarted) Accept(v Visitor) { v.VisitImpactStarted(e) }

func (e ImpactStarted) traits() traits { return ignorable | editable | content.when(e.Reason != "") }

func (e ImpactStarted) evolve(s State, _ Meta) State {
	if e.Again {
		s.ImpactEnd = time.Time{}
	} else {
		s.ImpactStart = e.At
	}
	return s
}

// Type returns "incident.impact_ended".
func (ImpactEnded) Type() string { return "incident.impact_ended" }

// Accept calls VisitImpactEnded.
func (e ImpactEnded) Accept(v Visitor) { v.VisitImpactEnded(e) }

func (e ImpactEnded) traits() traits { return ignorable | editable | content.when(e.Reason != "") }

func (e ImpactEnded) evolve(s State, _ Meta) State {
	s.ImpactEnd = e.At
	return s
}
