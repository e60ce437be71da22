package clock

import (
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// NotLegalAdvice is said wherever clocks of laws are shown.
const NotLegalAdvice = "a reminder, not legal advice"

// Reading is how one clock stands.
type Reading struct {
	// Clock is what has to happen.
	Clock Kind
	// Subject tells clocks of a kind apart: the role, the id of the task or follow-up,
	// or the law and its duty as "nis2/early-warning". Empty where there is only one.
	Subject string
	// State is how it stands.
	State State
	// Start is where the clock began. Due is the last time that counts, Warn when
	// little time is left. Both are zero for a clock that never ran.
	Start     Moment
	Warn, Due time.Time
	// Done is when it was met or stopped.
	Done time.Time
	// Late is true when it was met after it was due.
	Late bool
	// Reason says in words why it stands so.
	Reason string
	// Text and Source are the report and where the law asks for it; clocks of laws
	// only, which are [NotLegalAdvice].
	Text, Source string
}

// Threshold is what a clock passes. Each is worth telling once.
type Threshold uint8

// The thresholds.
const (
	Warned   Threshold = iota + 1 // little time is left
	Breached                      // the time is over
	Done                          // it has happened
)

// Passed returns the threshold at which the clock stands; false when there is
// nothing to tell.
func (r Reading) Passed() (Threshold, bool) {
	switch r.State {
	case Warning:
		return Warned, true
	case Overdue:
		return Breached, true
	case Met:
		return Done, true
	default:
		return 0, false
	}
}

// Key names the run of the clock: the same for all readings between two starts,
// also after the due time was moved. With a threshold it says what was told.
func (r Reading) Key() string {
	start := "r" + strconv.FormatUint(r.Start.Revision, 10)
	if r.Start.Revision == 0 {
		start = "t" + strconv.FormatInt(r.Start.At.UnixMicro(), 10)
	}
	return r.Clock.String() + "|" + r.Subject + "|" + start
}

// Run names the run of the clock as events do.
func (r Reading) Run() incident.ClockRun {
	return incident.ClockRun{Clock: r.Clock.String(), Subject: r.Subject, Start: r.Start.Revision}
}

// at sets the state of a clock that runs. What is missing is said, with for how
// long where that is more than nothing.
func (r *Reading) at(now time.Time, missing string, since time.Duration, tail string) {
	var room [128]byte
	b := append(room[:0], missing...)
	if since > 0 {
		b = append(appendSpan(b, since), tail...)
	}
	b = append(b, ": "...)
	switch {
	case now.After(r.Due):
		r.State = Overdue
		b = appendSpan(append(b, "overdue by "...), now.Sub(r.Due))
	case !now.Before(r.Warn):
		r.State = Warning
		b = append(appendSpan(b, r.Due.Sub(now)), " left"...)
	default:
		r.State = Running
		b = append(appendSpan(b, r.Due.Sub(now)), " left"...)
	}
	r.Reason = string(b)
}

// met sets the state of a clock whose thing has happened.
func (r *Reading) met(when Moment, what string) {
	r.State, r.Done, r.Late = Met, when.At, when.At.After(r.Due)
	if r.Late {
		r.Reason = said(what+" ", when.At.Sub(r.Due), " late")
		return
	}
	r.Reason = what + " in time"
}

// stop sets the state of a clock that need not run any more.
func (r *Reading) stop(when Moment, why string) {
	r.State, r.Done, r.Reason = Stopped, when.At, why
}
