package clock

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Due returns how each clock of an incident stands at a time: those that began, in
// the order of their kinds. A clock that no rule names is not among them.
func Due(f Facts, p *Policies, now time.Time) []Reading {
	if f.Declared.Never() || p == nil {
		return nil
	}
	const usual = 10
	return AppendDue(make([]Reading, 0, usual), &f, p, now)
}

// AppendDue appends what [Due] returns, for whoever asks about many incidents and keeps
// the room. It does not keep the facts.
func AppendDue(to []Reading, f *Facts, p *Policies, now time.Time) []Reading {
	if f.Declared.Never() || p == nil {
		return to
	}
	t := teller{facts: f, policies: p, now: now, readings: to}
	t.once(Acknowledge, f.Acknowledged, "nobody has acknowledged it", "acknowledged")
	t.once(FirstExternal, f.FirstExternal, "customers have not been told", "customers were told")
	t.internal()
	t.external()
	t.promised()
	t.roles()
	t.afterwards(Debrief, f.Debriefed, "no debrief was held", "debrief held")
	t.afterwards(Postmortem, f.PostmortemPublished, "the post-mortem is not published", "post-mortem published")
	t.items(FollowUp, f.FollowUps)
	t.items(Task, f.Tasks)
	t.laws()
	return t.readings
}

// teller reads the clocks of one incident.
type teller struct {
	facts    *Facts
	policies *Policies
	now      time.Time
	readings []Reading
}

func (t *teller) add(r Reading) { t.readings = append(t.readings, r) }

// over says that the incident is resolved or ended, and why; false while it is open.
func (t *teller) over() (Moment, string, bool) {
	f := t.facts
	switch {
	case !f.Ended.Never():
		return f.Ended, t.endedWhy(), true
	case !f.Resolved.Never():
		return f.Resolved, "the incident is resolved", true
	case !f.Closed.Never():
		return f.Closed, "the incident is closed", true
	}
	return Moment{}, "", false
}

func (t *teller) endedWhy() string {
	if t.facts.EndedWhy == "" {
		return "the incident has ended"
	}
	return "the incident was " + t.facts.EndedWhy
}

// once reads a clock that runs from the declaration until its thing has happened.
func (t *teller) once(kind Kind, done Moment, missing, happened string) {
	r, ok := t.run(kind, t.facts.Declared)
	if !ok {
		return
	}
	switch when, why, over := t.over(); {
	case !done.Never() && !r.Due.IsZero():
		r.met(done, happened)
	case over:
		r.stop(when, why)
	case r.State != Stopped:
		r.at(t.now, missing, 0, "")
	}
	t.add(r)
}

// internal reads the clock of updates for the team, which begins again with each.
func (t *teller) internal() {
	if last := t.facts.InternalUpdate; last.At.After(t.facts.Declared.At) {
		t.repeat(InternalUpdate, last, "the team was last told ", " ago")
		return
	}
	t.repeat(InternalUpdate, t.facts.Declared, "the team has been told nothing for ", "")
}

// external reads the clock of updates for customers. It begins with the first; while
// a promise stands, that counts instead.
func (t *teller) external() {
	last := t.facts.ExternalUpdate
	switch {
	case last.Never():
	case t.promiseStands():
		if r, ok := t.run(ExternalUpdate, last); ok {
			r.stop(t.facts.Promise.Made, "the promised time counts")
			t.add(r)
		}
	default:
		t.repeat(ExternalUpdate, last, "customers were last told ", " ago")
	}
}

func (t *teller) repeat(kind Kind, start Moment, told, tail string) {
	r, ok := t.run(kind, start)
	if !ok {
		return
	}
	if when, why, over := t.over(); over {
		r.stop(when, why)
	} else if r.State != Stopped {
		r.at(t.now, told, max(t.now.Sub(start.At), 1), tail)
	}
	t.add(r)
}

// promiseStands reports whether a promise was made that no later update has kept.
func (t *teller) promiseStands() bool {
	p := t.facts.Promise
	return !p.Made.Never() && !p.Due.IsZero() && !t.facts.ExternalUpdate.At.After(p.Made.At)
}

// promised reads the clock of the time that a public update named. To customers it
// stands after the incident is resolved, too.
func (t *teller) promised() {
	p := t.facts.Promise
	rule := t.current(PromisedUpdate)
	if p.Made.Never() || p.Due.IsZero() || !rule.runs() {
		return
	}
	r := Reading{Clock: PromisedUpdate, Start: p.Made, Due: p.Due, Warn: warn(p.Made.At, p.Due, rule.warnBefore)}
	switch {
	case !t.promiseStands():
		r.met(t.facts.ExternalUpdate, "the promise was kept")
	case !t.facts.Ended.Never():
		r.stop(t.facts.Ended, t.endedWhy())
	case !t.facts.Closed.Never():
		r.stop(t.facts.Closed, "the incident is closed")
	default:
		r.at(t.now, "customers were promised an update", 0, "")
	}
	t.add(r)
}

// roles reads a clock for each role that somebody holds.
func (t *teller) roles() {
	for _, held := range t.facts.Roles {
		r, ok := t.run(RoleTooLong, held.Since)
		if !ok {
			continue
		}
		r.Subject = held.Role.String()
		if when, why, over := t.over(); over {
			r.stop(when, why)
		} else if r.State != Stopped {
			r.at(t.now, "held for ", max(t.now.Sub(held.Since.At), 1), "")
		}
		t.add(r)
	}
}

// afterwards reads a clock that begins when the incident is resolved. Closing the
// incident does not end it: what was not done by then is still missing.
func (t *teller) afterwards(kind Kind, done Moment, missing, happened string) {
	if t.facts.Resolved.Never() {
		return
	}
	r, ok := t.run(kind, t.facts.Resolved)
	if !ok {
		return
	}
	switch {
	case !done.Never() && !r.Due.IsZero():
		r.met(done, happened)
	case !t.facts.Ended.Never():
		r.stop(t.facts.Ended, t.endedWhy())
	case r.State != Stopped:
		r.at(t.now, missing, 0, "")
	}
	t.add(r)
}

// items reads the clocks of tasks or follow-ups. They outlive the incident.
func (t *teller) items(kind Kind, items []Item) {
	rule := t.current(kind)
	if !rule.runs() {
		return
	}
	for _, item := range items {
		if item.Due.IsZero() {
			continue
		}
		r := Reading{
			Clock: kind, Subject: item.ID, Start: item.Created,
			Due: item.Due, Warn: warn(item.Created.At, item.Due, rule.warnBefore),
		}
		switch {
		case !item.Done.Never():
			r.met(item.Done, "done")
		case !item.Dropped.Never():
			r.stop(item.Dropped, "it was given up")
		default:
			r.at(t.now, "it is not done", 0, "")
		}
		t.add(r)
	}
}

// current is the rule of a clock in the present phase.
func (t *teller) current(kind Kind) *rule {
	phases := t.facts.Phases
	if len(phases) == 0 {
		return t.policies.Of(incident.Unknown).rule(kind, incident.StatusTriage)
	}
	now := phases[len(phases)-1]
	return t.policies.Of(now.Severity).rule(kind, now.Status)
}
