package clock_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// anyFacts draws an incident that began between 2026 and 2029 and everything that
// happened until its end.
func anyFacts(t *rapid.T) (clock.Facts, time.Time) {
	start := time.Unix(rapid.Int64Range(1_767_225_600, 1_861_920_000).Draw(t, "start"), 0).UTC()
	revision := uint64(0)
	last := start
	next := func(name string) clock.Moment {
		revision++
		last = last.Add(time.Duration(rapid.Int64Range(0, int64(5*time.Hour)).Draw(t, name)))
		return clock.Moment{At: last, Revision: revision}
	}
	maybe := func(name string) clock.Moment {
		if !rapid.Bool().Draw(t, "has "+name) {
			return clock.Moment{}
		}
		return next(name)
	}
	f := clock.Facts{Declared: clock.Moment{At: start, Revision: 1}}
	f.Phases = []clock.Phase{{From: f.Declared, Severity: incident.Severity(rapid.IntRange(0, 3).Draw(t, "severity")), Status: incident.StatusTriage}}
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		f.Phases = append(f.Phases, clock.Phase{
			From: next("change"), Severity: incident.Severity(rapid.IntRange(0, 3).Draw(t, "severity")),
			Status: incident.Status(rapid.IntRange(1, 4).Draw(t, "status")),
		})
	}
	f.Acknowledged = maybe("ack")
	f.InternalUpdate = maybe("update")
	if f.FirstExternal = maybe("first"); !f.FirstExternal.Never() {
		f.ExternalUpdate = f.FirstExternal
		if rapid.Bool().Draw(t, "promises") {
			f.Promise = clock.Promise{Made: f.ExternalUpdate, Due: last.Add(time.Hour)}
		}
		if again := maybe("again"); !again.Never() {
			f.ExternalUpdate = again
		}
	}
	f.Roles = []clock.Held{{Role: incident.Commander, Since: next("role")}}
	f.Tasks = []clock.Item{{ID: "T1", Created: next("task"), Due: last.Add(time.Hour), Done: maybe("done")}}
	f.Marks = []clock.Mark{{Kind: clock.Aware, Law: "nis2", Moment: next("aware")}, {Kind: clock.Material, Law: "sec-8k", Moment: next("material")}}
	if sent := maybe("sent"); !sent.Never() {
		f.Marks = append(f.Marks, clock.Mark{Kind: clock.Submitted, Law: "nis2", Duty: "notification", Moment: sent})
	}
	f.Resolved = maybe("resolved")
	f.Debriefed, f.PostmortemPublished = maybe("debrief"), maybe("published")
	f.Closed, f.Ended = maybe("closed"), maybe("ended")
	return f, last
}

func byKey(readings []clock.Reading) map[string]clock.Reading {
	found := map[string]clock.Reading{}
	for _, r := range readings {
		found[r.Key()] = r
	}
	return found
}

// As time passes a clock goes from running over warning to overdue and never back;
// what is met or stopped stays so, and due times do not move by themselves.
func TestClocksOnlyGoForward(t *testing.T) {
	for _, file := range []string{"", "own.yaml"} {
		p := policies(t, file)
		rapid.Check(t, func(t *rapid.T) {
			f, last := anyFacts(t)
			earlier := last.Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "earlier")))
			later := earlier.Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "later")))
			before, after := clock.Due(f, p, earlier), clock.Due(f, p, later)
			if len(before) != len(after) {
				t.Fatalf("%d clocks became %d", len(before), len(after))
			}
			for i, b := range before {
				a := after[i]
				if a.Key() != b.Key() || !a.Due.Equal(b.Due) || !a.Warn.Equal(b.Warn) {
					t.Fatalf("%v became %v", b, a)
				}
				ended := b.State == clock.Met || b.State == clock.Stopped
				if a.State < b.State || ended && (a.State != b.State || a.Late != b.Late || !a.Done.Equal(b.Done)) {
					t.Fatalf("%s went from %s to %s", b.Key(), b.State, a.State)
				}
			}
		})
	}
}

// Whoever looks only at incidents whose clocks may run misses none that does.
func TestWhereNoClockMayRunNoneRuns(t *testing.T) {
	p := policies(t, "")
	rapid.Check(t, func(t *rapid.T) {
		f, last := anyFacts(t)
		if rapid.Bool().Draw(t, "nothing left") {
			f.Marks, f.Tasks[0].Done = nil, clock.Moment{At: last}
		}
		now := last.Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "now")))
		for _, r := range clock.Due(f, p, now) {
			if r.State < clock.Met && !f.MayRun() {
				t.Fatalf("%s is %s", r.Key(), r.State)
			}
		}
	})
}

// A reading contradicts itself nowhere, and every key is one clock's.
func TestReadingsAreConsistent(t *testing.T) {
	p := policies(t, "")
	rapid.Check(t, func(t *rapid.T) {
		f, last := anyFacts(t)
		now := last.Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "now")))
		readings := clock.Due(f, p, now)
		if found := byKey(readings); len(found) != len(readings) {
			t.Fatalf("%d clocks share %d keys", len(readings), len(found))
		}
		for _, r := range readings {
			if err := consistent(r, now); err != nil {
				t.Fatalf("%s: %v: %+v", r.Key(), err, r)
			}
		}
	})
}

func consistent(r clock.Reading, now time.Time) error {
	running := r.State == clock.Running || r.State == clock.Warning || r.State == clock.Overdue
	switch {
	case r.Reason == "":
		return fmt.Errorf("no reason")
	case running && (r.Due.IsZero() || r.Warn.After(r.Due) || !r.Done.IsZero() || r.Late):
		return fmt.Errorf("it runs and is over")
	case (r.State == clock.Overdue) != (running && now.After(r.Due)):
		return fmt.Errorf("overdue or not at %s", now)
	case r.State == clock.Warning && now.Before(r.Warn):
		return fmt.Errorf("it warns too early")
	case r.State == clock.Met && r.Late != r.Done.After(r.Due):
		return fmt.Errorf("late or not")
	case (r.Clock == clock.Legal) != (r.Source != ""):
		return fmt.Errorf("a law without a source")
	}
	return nil
}

// In which zone times are written changes nothing; shifting the whole incident in
// time shifts the clocks that know no calendar by as much.
func TestZonesAndShifts(t *testing.T) {
	p := policies(t, "")
	p.BySeverity[incident.SEV3] = nil // its clocks know a calendar
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		f, last := anyFacts(t)
		f.Marks = nil
		now := last.Add(time.Hour)
		by := time.Duration(rapid.Int64Range(-1000, 1000).Draw(t, "hours")) * time.Hour
		readings := clock.Due(f, p, now)
		elsewhere := clock.Due(moved(f, 0, tokyo), p, now.In(tokyo))
		shifted := clock.Due(moved(f, by, time.UTC), p, now.Add(by))
		for i, r := range readings {
			if e := elsewhere[i]; e.State != r.State || !e.Due.Equal(r.Due) || e.Reason != r.Reason {
				t.Fatalf("in Tokyo %v, here %v", e, r)
			}
			if s := shifted[i]; s.State != r.State || !r.Due.IsZero() && !s.Due.Equal(r.Due.Add(by)) {
				t.Fatalf("%v later %v became %v", by, r, s)
			}
		}
	})
}

// moved writes an incident in another zone and shifts it in time.
func moved(f clock.Facts, by time.Duration, zone *time.Location) clock.Facts {
	move := func(m clock.Moment) clock.Moment {
		if !m.Never() {
			m.At = m.At.Add(by).In(zone)
		}
		return m
	}
	g := f
	g.Phases, g.Roles, g.Tasks = nil, nil, nil
	for _, phase := range f.Phases {
		phase.From = move(phase.From)
		g.Phases = append(g.Phases, phase)
	}
	for _, role := range f.Roles {
		role.Since = move(role.Since)
		g.Roles = append(g.Roles, role)
	}
	for _, task := range f.Tasks {
		task.Created, task.Done, task.Due = move(task.Created), move(task.Done), task.Due.Add(by).In(zone)
		g.Tasks = append(g.Tasks, task)
	}
	for _, m := range []*clock.Moment{
		&g.Declared, &g.Acknowledged, &g.InternalUpdate, &g.FirstExternal, &g.ExternalUpdate, &g.Promise.Made,
		&g.Resolved, &g.Closed, &g.Ended, &g.Debriefed, &g.PostmortemPublished,
	} {
		*m = move(*m)
	}
	if !g.Promise.Due.IsZero() {
		g.Promise.Due = g.Promise.Due.Add(by).In(zone)
	}
	return g
}

// However often severity and status change, a clock ends between the shortest and
// the longest of the rules that counted, and nobody is late at the very moment of a
// change unless they were late before.
func TestChangesAreFair(t *testing.T) {
	p := policies(t, "")
	const shortest, longest = 20 * time.Minute, 90 * time.Minute
	rapid.Check(t, func(t *rapid.T) {
		start := clock.Moment{At: time.Unix(1_800_000_000, 0)}
		f := clock.Facts{Declared: start, FirstExternal: start, ExternalUpdate: start}
		at := start
		for range rapid.IntRange(1, 8).Draw(t, "phases") {
			f.Phases = append(f.Phases, clock.Phase{
				From: at, Severity: incident.Severity(rapid.IntRange(1, 2).Draw(t, "severity")),
				Status: incident.Status(rapid.IntRange(2, 4).Draw(t, "status")),
			})
			at.At = at.At.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes")) * time.Minute)
		}
		changed := f.Phases[len(f.Phases)-1].From.At
		after := external(t, f, p, changed)
		if after.Due.Before(start.At.Add(shortest)) || after.Due.After(start.At.Add(longest)) {
			t.Fatalf("due %v after the start", after.Due.Sub(start.At))
		}
		if len(f.Phases) == 1 || after.State != clock.Overdue {
			return
		}
		f.Phases = f.Phases[:len(f.Phases)-1]
		if before := external(t, f, p, changed); before.State != clock.Overdue {
			t.Fatalf("the change made them late: due %s, then %s, at %s", before.Due, after.Due, changed)
		}
	})
}

func external(t *rapid.T, f clock.Facts, p *clock.Policies, now time.Time) clock.Reading {
	for _, r := range clock.Due(f, p, now) {
		if r.Clock == clock.ExternalUpdate {
			return r
		}
	}
	t.Fatal("no clock for customers")
	return clock.Reading{}
}

// Whoever looks again at the next time misses nothing: no state changes before it,
// and one does at it.
func TestNextIsWhenSomethingChanges(t *testing.T) {
	p := policies(t, "")
	rapid.Check(t, func(t *rapid.T) {
		f, last := anyFacts(t)
		now := last.Add(time.Duration(rapid.Int64Range(0, int64(72*time.Hour)).Draw(t, "now")))
		readings := clock.Due(f, p, now)
		next, ok := clock.Next(readings)
		if !ok {
			next = now.AddDate(10, 0, 0)
		}
		same := func(at time.Time) bool {
			for i, r := range clock.Due(f, p, at) {
				if r.State != readings[i].State {
					return false
				}
			}
			return true
		}
		if !next.After(now) || !same(next.Add(-time.Nanosecond)) {
			t.Fatalf("something changed between %s and %s", now, next)
		}
		if ok && same(next) {
			t.Fatalf("nothing changed at %s", next)
		}
	})
}
