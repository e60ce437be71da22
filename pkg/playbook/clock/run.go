package clock

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// run follows a clock from its start through the phases to the present: when it is
// due and when to warn. False when no rule ever named it. A clock that is off now is
// Stopped and has no due time.
func (t *teller) run(kind Kind, start Moment) (Reading, bool) {
	r := Reading{Clock: kind, Start: start}
	var current *rule
	named := false
	var since Moment    // of the last change of its rule
	counted := start.At // from where its time is counted now
	for i, phase := range t.facts.Phases {
		last := i == len(t.facts.Phases)-1
		if !last && !t.facts.Phases[i+1].From.At.After(start.At) {
			continue // was over before the clock began
		}
		rule := t.policies.Of(phase.Severity).rule(kind, phase.Status)
		named = named || rule != nil
		if rule == current {
			continue
		}
		if r.follow(rule, current, phase.From) {
			counted = later(start.At, phase.From.At)
		}
		current, since = rule, phase.From
	}
	if len(t.facts.Phases) == 0 {
		current = t.policies.Of(incident.Unknown).rule(kind, incident.StatusTriage)
		named = current != nil
		r.follow(current, nil, start)
	}
	if !named {
		return r, false
	}
	if !current.runs() {
		r.Due, r.Warn = time.Time{}, time.Time{}
		r.stop(since, "this clock does not run at this severity and status")
		return r, true
	}
	r.Warn = warn(counted, r.Due, current.warnBefore)
	return r, true
}

// follow moves the due time as the rule changes at a moment; false when it stays.
func (r *Reading) follow(rule, before *rule, change Moment) bool {
	if !rule.runs() {
		return false
	}
	was := r.Due
	from := later(r.Start.At, change.At)
	if before.runs() {
		// A shorter time counts from the change, and never beyond the former time.
		r.Due = later(rule.due(r.Start.At), earlier(r.Due, rule.due(from)))
	} else {
		r.Due = rule.due(from)
	}
	return !r.Due.Equal(was)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
