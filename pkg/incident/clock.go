package incident

import "time"

// ClockRun names one run of a clock: it begins with an event of the incident. The
// same clock runs again when it begins with another one.
type ClockRun struct {
	Clock   string // what has to happen, for example "internal_update"
	Subject string // tells clocks of a kind apart, for example "nis2/early-warning"; may be empty
	Start   uint64 // revision of the event with which it began
}

// RecordClock writes down that a clock passed a threshold, at the time that the
// context gives. It is for the service that watches clocks: it computes them by the
// playbook, which rules do not know. What was recorded of a run already, or what
// comes before it, is no event and no error, so each threshold is written once
// however many watch.
type RecordClock struct {
	Run       ClockRun
	Threshold ClockThreshold
	Due       time.Time // the last time that counted
	Late      bool      // for ThresholdMet: it happened after that
	// Policy is the name of the clock policy that said so, PolicyRevision that of
	// its resource; 0 for one that is built in.
	Policy         string
	PolicyRevision uint64
}

// ClockWarned says that little time was left.
type ClockWarned struct {
	Run            ClockRun
	Due            time.Time
	Policy         string
	PolicyRevision uint64
}

// ClockBreached says that the time was over.
type ClockBreached struct {
	Run            ClockRun
	Due            time.Time
	Policy         string
	PolicyRevision uint64
}

// ClockMet says that what had to happen has happened.
type ClockMet struct {
	Run            ClockRun
	Due            time.Time
	Late           bool
	Policy         string
	PolicyRevision uint64
}

// clockNote is what was recorded of a run last.
type clockNote struct {
	run       ClockRun
	threshold ClockThreshold
}

// Name returns "record_clock".
func (RecordClock) Name() string { return "record_clock" }

func (c RecordClock) decide(s State, _ Context) ([]Event, error) {
	if err := c.check(s); err != nil {
		return nil, err
	}
	if s.ClockThreshold(c.Run) >= c.Threshold {
		return nil, nil
	}
	switch c.Threshold {
	case ThresholdWarned:
		return []Event{ClockWarned{Run: c.Run, Due: stamp(c.Due), Policy: c.Policy, PolicyRevision: c.PolicyRevision}}, nil
	case ThresholdBreached:
		return []Event{ClockBreached{Run: c.Run, Due: stamp(c.Due), Policy: c.Policy, PolicyRevision: c.PolicyRevision}}, nil
	default:
		return []Event{ClockMet{Run: c.Run, Due: stamp(c.Due), Late: c.Late, Policy: c.Policy, PolicyRevision: c.PolicyRevision}}, nil
	}
}

func (c RecordClock) check(s State) error {
	switch {
	case !c.Threshold.Known():
		return invalid("threshold", "unknown_threshold", "unknown threshold: use warned, breached or met")
	case c.Run.Clock == "":
		return invalid("clock", "required", "clock is missing")
	case c.Run.Start == 0 || c.Run.Start > s.Revision:
		return invalid("start", "no_such_entry", "start is not the number of an entry: give that of the event with which the clock began")
	case c.Due.IsZero():
		return invalid("due", "required", "due is missing")
	}
	return firstError(
		func() error { return checkLabel("clock", c.Run.Clock) },
		func() error { return checkName("subject", c.Run.Subject, false) },
		func() error { return checkName("policy", c.Policy, false) },
		func() error { return checkStorable("due", c.Due) },
	)
}

// conflicts: whoever computed a clock did not know what came since.
func (RecordClock) conflicts(_, _ State) bool { return true }

// curates: the clocks of tasks and follow-ups outlive a merge.
func (RecordClock) curates() {}

// ClockThreshold returns what was recorded last of a run; ThresholdUnknown when
// nothing was.
func (s State) ClockThreshold(run ClockRun) ClockThreshold {
	if i := s.findClock(run); i >= 0 {
		return s.clocks.at(i).threshold
	}
	return ThresholdUnknown
}

func (s State) findClock(run ClockRun) int {
	return s.clocks.find(func(n clockNote) bool { return n.run == run })
}

// noted returns s with what was recorded of a run.
func (s State) noted(run ClockRun, t ClockThreshold) State {
	i := s.findClock(run)
	switch {
	case i < 0:
		s.clocks = s.clocks.with(clockNote{run, t})
	case s.clocks.at(i).threshold < t:
		s.clocks = s.clocks.set(i, clockNote{run, t})
	}
	return s
}

// Type returns "incident.clock_warned".
func (ClockWarned) Type() string { return "incident.clock_warned" }

// Accept calls VisitClockWarned.
func (e ClockWarned) Accept(v Visitor) { v.VisitClockWarned(e) }

func (ClockWarned) traits() traits { return ignorable | machine }

func (e ClockWarned) evolve(s State, _ Meta) State { return s.noted(e.Run, ThresholdWarned) }

// Type returns "incident.clock_breached".
func (ClockBreached) Type() string { return "incident.clock_breached" }

// Accept calls VisitClockBreached.
func (e ClockBreached) Accept(v Visitor) { v.VisitClockBreached(e) }

func (ClockBreached) traits() traits { return ignorable | machine }

func (e ClockBreached) evolve(s State, _ Meta) State { return s.noted(e.Run, ThresholdBreached) }

// Type returns "incident.clock_met".
func (ClockMet) Type() string { return "incident.clock_met" }

// Accept calls VisitClockMet.
func (e ClockMet) Accept(v Visitor) { v.VisitClockMet(e) }

func (ClockMet) traits() traits { return ignorable | machine }

func (e ClockMet) evolve(s State, _ Meta) State { return s.noted(e.Run, ThresholdMet) }
