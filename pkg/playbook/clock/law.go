package clock

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Law is a regulation whose reports have times. It never changes.
type Law struct {
	name, title, source string
	aliases             []string
	calendar            *calendar.Calendar
	duties              []duty
}

// duty is one report.
type duty struct {
	id, text, subject       string
	starts                  MarkKind
	report                  string
	fromLatest, fromYearEnd bool

	within       time.Duration
	days         int
	businessDays int
	months       int

	capFrom    MarkKind
	cap        time.Duration
	rolls      bool
	rollsTo    time.Duration
	warnBefore time.Duration

	afterReport, replacedBy string
}

// NewLaw compiles the regulation of a valid resource.
func NewLaw(name string, s *catalogv1.ClockPolicySpec, calendars Calendars) *Law {
	law := s.GetRegulation()
	l := &Law{name: name, title: cmp.Or(s.GetDisplayName(), name), source: law.GetSource(), aliases: law.GetAliases()}
	if law.GetCalendar() != "" {
		l.calendar = calendars(law.GetCalendar())
	}
	for _, d := range law.GetDuties() {
		one := duty{
			id: d.GetId(), text: d.GetText(), subject: name + "/" + d.GetId(),
			starts: MarkKind(d.GetStarts()), report: d.GetReport(),
			fromLatest: d.GetFromLatest(), fromYearEnd: d.GetFromYearEnd(),
			within: d.GetWithin().AsDuration(), days: int(d.GetDays()),
			businessDays: int(d.GetBusinessDays()), months: int(d.GetMonths()),
			capFrom: MarkKind(d.GetCapFrom()), cap: d.GetCap().AsDuration(), warnBefore: d.GetWarnBefore().AsDuration(),
			afterReport: d.GetAfterReport(), replacedBy: d.GetReplacedBy(),
		}
		if at, err := calendar.ParseTime(d.GetNextBusinessDayAt()); err == nil && d.GetNextBusinessDayAt() != "" {
			one.rolls, one.rollsTo = true, at
		}
		l.duties = append(l.duties, one)
	}
	return l
}

// Name returns the name of the clock policy.
func (l *Law) Name() string { return l.name }

// Called reports whether people call the law so: by its name or one of its aliases,
// whatever the case, spaces, '.', '_' and '-'.
func (l *Law) Called(word string) bool {
	same := func(name string) bool { return plain(name) == plain(word) }
	return same(l.name) || slices.ContainsFunc(l.aliases, same)
}

// plain leaves out of a name what people write differently.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ._-", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// Title returns its name for people.
func (l *Law) Title() string { return l.title }

// Source says where the law says so.
func (l *Law) Source() string { return l.source }

// due is the last time that counts for a duty that began at start.
func (l *Law) due(d *duty, start time.Time, marks []Mark) time.Time {
	zone := l.calendar.Zone()
	from := start
	if d.fromYearEnd {
		from = time.Date(start.In(zone).Year()+1, time.January, 1, 0, 0, 0, 0, zone)
	}
	var due time.Time
	switch {
	case d.businessDays > 0:
		due = l.calendar.EndOfDay(from, d.businessDays)
	case d.months > 0:
		due = calendar.AddMonths(from, d.months, zone)
	case d.days > 0:
		due = from.In(zone).AddDate(0, 0, d.days)
	default:
		due = from.Add(d.within)
	}
	if first, ok := find(marks, d.capFrom, "", false); ok && d.capFrom != 0 {
		if limit := first.At.Add(d.cap); !start.After(limit) {
			due = earlier(due, limit)
		}
	}
	if d.rolls {
		due = l.calendar.NextBusinessDayAt(due, d.rollsTo)
	}
	return due
}

// Reports are the names of the reports that the law asks for, in its order.
func (l *Law) Reports() []string {
	reports := make([]string, 0, len(l.duties))
	for i := range l.duties {
		reports = append(reports, l.duties[i].id)
	}
	return reports
}

// Knows reports whether a term of the law starts, ends or is bounded by a mark.
// Every law knows what was submitted, withdrawn or does not apply.
func (l *Law) Knows(kind MarkKind) bool {
	switch kind {
	case Submitted, Withdrawn, NotApplying:
		return true
	case Aware, Classified, Material, FixAvailable, Handled:
	}
	for i := range l.duties {
		if l.duties[i].starts == kind || l.duties[i].capFrom == kind {
			return true
		}
	}
	return false
}
