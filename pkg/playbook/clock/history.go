package clock

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// History folds the events of one incident into the facts that its clocks need.
// Its zero value is an incident of which nothing is known. It is not safe for
// concurrent use; a copy shares memory with the original.
//
// Planned maintenance and what was imported from another system have no clocks:
// nobody here was asked to keep them.
type History struct {
	facts      Facts // but for phases and what is told to customers
	exempt     bool
	severities []change[incident.Severity]
	statuses   []change[incident.Status]
	updates    []publicUpdate
	recorded   map[incident.ClockRun]Threshold
}

// change is a value that an incident got.
type change[T comparable] struct {
	value T
	when  Moment
}

// publicUpdate is what customers were told at one time.
type publicUpdate struct {
	id        string
	when      Moment
	next      time.Time
	retracted bool
}

// Apply folds the next event.
func (h *History) Apply(r incident.Recorded) {
	if r.Event == nil {
		return
	}
	r.Event.Accept(&folding{h, Moment{At: r.OccurredAt, Revision: r.Revision}})
}

// Facts returns what is known, by the time at which it happened.
func (h *History) Facts() Facts {
	if h.exempt || h.facts.Declared.Never() {
		return Facts{}
	}
	f := h.facts
	f.Phases = h.phases()
	for _, u := range h.updates {
		switch {
		case u.retracted:
			continue
		case f.FirstExternal.Never() || u.when.At.Before(f.FirstExternal.At):
			f.FirstExternal = u.when
		}
		if !u.when.At.Before(f.ExternalUpdate.At) {
			f.ExternalUpdate = u.when
		}
		if !u.next.IsZero() && !u.when.At.Before(f.Promise.Made.At) {
			f.Promise = Promise{Made: u.when, Due: u.next}
		}
	}
	return f
}

// Told reports whether it is recorded already that the clock of a reading passed a
// threshold, or a later one.
func (h *History) Told(r Reading, t Threshold) bool { return h.recorded[r.Run()] >= t }

// phases puts severities and statuses on the clock by which they happened: each
// holds until one that was written down later begins.
func (h *History) phases() []Phase {
	starts := []Moment{h.facts.Declared}
	for _, c := range h.severities {
		starts = append(starts, c.when)
	}
	for _, c := range h.statuses {
		starts = append(starts, c.when)
	}
	slices.SortStableFunc(starts, func(a, b Moment) int { return a.At.Compare(b.At) })
	phases := make([]Phase, 0, len(starts))
	for _, start := range starts {
		if start.At.Before(h.facts.Declared.At) {
			continue // what held before is that of the declaration
		}
		phase := Phase{From: start, Severity: valueAt(h.severities, start.At), Status: valueAt(h.statuses, start.At)}
		switch n := len(phases); {
		case n > 0 && phases[n-1].Severity == phase.Severity && phases[n-1].Status == phase.Status:
		case n > 0 && phases[n-1].From.At.Equal(start.At):
			phases[n-1] = phase
		default:
			phases = append(phases, phase)
		}
	}
	return phases
}

// valueAt is the last one written down among those that began by a time.
func valueAt[T comparable](changes []change[T], at time.Time) T {
	var value T
	for _, c := range changes {
		if !c.when.At.After(at) {
			value = c.value
		}
	}
	return value
}
