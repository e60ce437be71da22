package heartbeat_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/heartbeat"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// at is so many minutes after noon.
func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// gap is from one minute after noon to another.
func gap(begin, end int) heartbeat.Gap { return heartbeat.Gap{Begin: at(begin), End: at(end)} }

// hourly is expected each hour, and may be ten minutes late.
func hourly() heartbeat.Expected {
	return heartbeat.Expected{Interval: time.Hour, Grace: 10 * time.Minute}
}

func TestDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		changed int // minutes after noon; 0: long ago
		gaps    []heartbeat.Gap
		want    int
	}{
		"interval and grace":                       {want: 70},
		"changed since":                            {changed: 30, want: 100},
		"a gap before the ping":                    {gaps: []heartbeat.Gap{gap(-60, -1)}, want: 70},
		"a gap too early to swallow a ping":        {gaps: []heartbeat.Gap{gap(5, 29)}, want: 70},
		"a short gap when it was due":              {gaps: []heartbeat.Gap{gap(59, 61)}, want: 131},
		"a short gap in the grace":                 {gaps: []heartbeat.Gap{gap(69, 80)}, want: 150},
		"a gap after the deadline":                 {gaps: []heartbeat.Gap{gap(70, 500)}, want: 70},
		"a long gap":                               {gaps: []heartbeat.Gap{gap(1, 600)}, want: 670},
		"a second short gap is not forgiven":       {gaps: []heartbeat.Gap{gap(59, 61), gap(110, 111)}, want: 131},
		"a long one after a short one is":          {gaps: []heartbeat.Gap{gap(59, 61), gap(110, 175)}, want: 245},
		"long ones always are":                     {gaps: []heartbeat.Gap{gap(10, 80), gap(140, 210), gap(270, 340)}, want: 410},
		"a gap between the deadline and a new one": {gaps: []heartbeat.Gap{gap(59, 61), gap(131, 300)}, want: 131},
	} {
		t.Run(name, func(t *testing.T) {
			e := hourly()
			if c.changed != 0 {
				e.Changed = at(c.changed)
			}
			if got := e.Deadline(noon, c.gaps); !got.Equal(at(c.want)) {
				t.Errorf("%s, want %s", got, at(c.want))
			}
		})
	}
}

// TestAShortRestartEachDayHidesNothing: a daily job is dead, and Bridgelog restarts each
// day at the moment at which the job would ping.
func TestAShortRestartEachDayHidesNothing(t *testing.T) {
	daily := heartbeat.Expected{Interval: 24 * time.Hour, Grace: time.Hour}
	var gaps []heartbeat.Gap
	for day := 1; day < 30; day++ {
		gaps = append(gaps, gap(day*24*60-1, day*24*60+1))
	}
	if got := daily.Deadline(noon, gaps); got.After(noon.Add(51 * time.Hour)) {
		t.Errorf("it would be missed only at %s", got)
	}
}

// TestDeadlinesAreFair, whatever gaps there were: nobody is late before interval and grace
// have passed, nor while pings cannot be heard, and a deadline that has passed stays.
func TestDeadlinesAreFair(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		e := heartbeat.Expected{Interval: time.Duration(1+chance.IntN(100)) * time.Minute, Grace: time.Duration(chance.IntN(20)) * time.Minute}
		var gaps []heartbeat.Gap
		for end := 0; len(gaps) < chance.IntN(6); {
			begin := end + 1 + chance.IntN(60)
			end = begin + 1 + chance.IntN(200)
			gaps = append(gaps, gap(begin, end))
		}
		deadline := e.Deadline(noon, gaps)
		if deadline.Before(noon.Add(e.Interval + e.Grace)) {
			t.Fatalf("%+v %v: late already at %s", e, gaps, deadline)
		}
		for _, g := range gaps {
			if g.End.Sub(g.Begin) >= e.Interval && g.Begin.Before(deadline) && g.End.After(noon.Add(e.Interval/2)) && deadline.Before(g.End.Add(e.Interval+e.Grace)) {
				t.Fatalf("%+v %v: at %s, too soon after %v", e, gaps, deadline, g)
			}
		}
		later := append(append([]heartbeat.Gap{}, gaps...), heartbeat.Gap{Begin: deadline.Add(time.Hour * 100), End: deadline.Add(time.Hour * 200)})
		if got := e.Deadline(noon, later); !got.Equal(deadline) {
			t.Fatalf("%+v: a gap after the deadline %s moved it to %s", e, deadline, got)
		}
	}
}

func TestStates(t *testing.T) {
	off := hourly()
	off.Disabled = true
	for name, c := range map[string]struct {
		e     heartbeat.Expected
		now   int
		never bool
		want  heartbeat.State
	}{
		"before the first ping": {hourly(), 10_000, true, heartbeat.Waiting},
		"at the ping":           {hourly(), 0, false, heartbeat.Up},
		"at the interval":       {hourly(), 60, false, heartbeat.Up},
		"in the grace":          {hourly(), 61, false, heartbeat.Late},
		"at the deadline":       {hourly(), 70, false, heartbeat.Missing},
		"disabled":              {off, 10_000, false, heartbeat.Disabled},
	} {
		t.Run(name, func(t *testing.T) {
			last := noon
			if c.never {
				last = time.Time{}
			}
			if got := c.e.At(at(c.now), last, nil); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			since, due := c.e.Due(at(c.now), last, nil)
			if due != (c.want == heartbeat.Missing) || due && !since.Equal(at(70)) {
				t.Errorf("due %t since %s", due, since)
			}
		})
	}
}

func TestOver(t *testing.T) {
	off, weekly := hourly(), hourly()
	off.Disabled = true
	weekly.Interval = 7 * 24 * time.Hour
	for name, c := range map[string]struct {
		e    heartbeat.Expected
		last time.Time
		want bool
	}{
		"no ping since":            {hourly(), noon, false},
		"no ping that is known":    {hourly(), time.Time{}, false},
		"a ping since":             {hourly(), at(71), true},
		"a ping, and late again":   {hourly(), at(90), true},
		"disabled":                 {off, noon, true},
		"expected less often now":  {weekly, noon, true},
		"a ping before, heard now": {hourly(), at(69), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.e.Over(at(75), c.last, at(70)); got != c.want {
				t.Errorf("%t, want %t", got, c.want)
			}
		})
	}
}

func TestHearing(t *testing.T) {
	var h heartbeat.Hearing
	for _, minute := range []int{0, 1, 2, 62, 61, 63, 90} { // a clock may go back
		h = h.Heard(at(minute), 2*time.Minute)
	}
	if len(h.Gaps) != 2 || h.Gaps[0] != gap(2, 62) || h.Gaps[1] != gap(63, 90) || !h.At.Equal(at(90)) {
		t.Errorf("%+v", h)
	}
	for n := range 200 {
		h = h.Heard(at(100+10*n), time.Minute)
	}
	if len(h.Gaps) != 64 || !h.Gaps[63].End.Equal(at(2090)) {
		t.Errorf("%d gaps, the last of them %v", len(h.Gaps), h.Gaps[len(h.Gaps)-1])
	}
}
