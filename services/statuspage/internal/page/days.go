package page

import (
	"cmp"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
)

// Window is how many days of the past a page shows, today among them.
const Window = 90

// partialWeight is what a second of partial outage counts, as on Statuspage's pages;
// one of major outage counts whole, and all others do not count.
const partialWeight = 0.3

// Days are the last days of one component.
type Days struct {
	// List has Window days, oldest first.
	List []Day
	// Uptime is the share of the time that is known in which it was up; 1: always.
	Uptime float64
}

// Day is one day of one component.
type Day struct {
	// Date is its beginning, in the page's zone.
	Date time.Time
	// Known is false for a day before the component was there.
	Known bool
	// Worst is the worst status of the day in Statuspage's words.
	Worst string
	// Suffered is how long it had that status.
	Suffered time.Duration
}

// calendar is the beginnings of the days of the window, and the end of the last.
func (p *Page) calendar() []time.Time {
	year, month, day := p.At.In(p.Zone).Date()
	begins := make([]time.Time, Window+1)
	for n := range begins {
		begins[n] = time.Date(year, month, day-Window+1+n, 0, 0, 0, 0, p.Zone)
	}
	return begins
}

// remember computes the days of all components.
func (p *Page) remember() {
	begins := p.calendar()
	var well []Day // of a component that was always there and never suffered
	for n := range Window {
		well = append(well, Day{Date: begins[n], Known: true, Worst: operational})
	}
	for _, c := range p.Doc.GetComponents() {
		if c.GetGroup() {
			continue
		}
		spans, since := p.spans[c.GetId()], p.birth(c)
		if len(spans) == 0 && !since.After(begins[0]) {
			p.Days[c.GetId()] = Days{List: well, Uptime: 1}
			continue
		}
		p.Days[c.GetId()] = daysOf(spans, begins, since, p.At)
	}
}

// birth is when a component began to be known.
func (p *Page) birth(c *statusv1.PublicComponent) time.Time {
	born := time.UnixMicro(c.GetCreatedAtUs())
	if day, err := time.ParseInLocation(time.DateOnly, c.GetStartDate(), p.Zone); err == nil {
		born = day
	}
	for _, s := range p.spans[c.GetId()] {
		if from := time.UnixMicro(s.FromUs); from.Before(born) {
			born = from
		}
	}
	return born
}

// daysOf cuts the time at every beginning and end, and asks of each piece which
// status was the worst.
func daysOf(spans []library.Span, begins []time.Time, since, now time.Time) Days {
	from, to := max(begins[0].UnixMicro(), since.UnixMicro()), min(begins[Window].UnixMicro(), now.UnixMicro())
	days := Days{Uptime: 1}
	for n := range Window {
		days.List = append(days.List, Day{Date: begins[n], Known: begins[n+1].UnixMicro() > from, Worst: operational})
	}
	cuts := []int64{from, to}
	for _, b := range begins {
		cuts = append(cuts, b.UnixMicro())
	}
	spans = slices.DeleteFunc(slices.Clone(spans), func(s library.Span) bool { return s.FromUs >= to || s.ToUs != 0 && s.ToUs <= from })
	for _, s := range spans {
		cuts = append(cuts, s.FromUs, cmp.Or(s.ToUs, to))
	}
	slices.Sort(cuts)
	down, day := 0.0, 0
	for i, begin := range cuts[:len(cuts)-1] {
		end := cuts[i+1]
		if begin < from || end > to || begin == end {
			continue
		}
		for day < Window-1 && begins[day+1].UnixMicro() <= begin {
			day++
		}
		worst := worstAt(spans, begin)
		down += weight(worst) * float64(end-begin)
		days.List[day].add(worst, time.Duration(end-begin)*time.Microsecond)
	}
	if to > from {
		days.Uptime = 1 - down/float64(to-from)
	}
	return days
}

func worstAt(spans []library.Span, at int64) string {
	worst := operational
	for _, s := range spans {
		if s.FromUs <= at && (s.ToUs == 0 || s.ToUs > at) && level(s.Status) > level(worst) {
			worst = s.Status
		}
	}
	return worst
}

func (d *Day) add(status string, length time.Duration) {
	switch {
	case status == operational:
	case status == d.Worst:
		d.Suffered += length
	case level(status) > level(d.Worst):
		d.Worst, d.Suffered = status, length
	}
}

func weight(status string) float64 {
	switch level(status) {
	case incident.MajorOutage:
		return 1
	case incident.PartialOutage:
		return partialWeight
	case incident.ComponentUnknown, incident.Operational, incident.UnderMaintenance, incident.DegradedPerformance:
	}
	return 0
}
