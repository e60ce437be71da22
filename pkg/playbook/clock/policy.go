package clock

import (
	"cmp"
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// statusCount is the size of a table indexed by status.
const statusCount = int(incident.StatusCancelled) + 1

// Policy says how long the clocks of one severity run. The nil Policy has no
// clocks. It never changes.
type Policy struct {
	name  string
	rules [kindCount][statusCount]*rule
	list  []Rule
}

// Rule is one line of a policy, for those who show it.
type Rule struct {
	Clock Kind
	// Statuses are those in which it counts; empty: all others.
	Statuses []incident.Status
	// Within is the time, where the rule is one; 0 otherwise.
	Within time.Duration
	// Words say by when: "within 15m", "by the end of 2 business days", "off".
	Words string
}

type rule struct {
	within       time.Duration
	businessDays int
	warnBefore   time.Duration
	calendar     *calendar.Calendar
	off          bool
}

// Calendars finds a calendar by its name; nil for one that is not there, whose
// clocks then run at all hours.
type Calendars func(name string) *calendar.Calendar

// NewPolicy compiles the rules of a valid resource.
func NewPolicy(name string, s *catalogv1.ClockPolicySpec, calendars Calendars) *Policy {
	p := &Policy{name: name}
	for _, line := range s.GetRules() {
		r := &rule{
			within: line.GetWithin().AsDuration(), businessDays: int(line.GetBusinessDays()),
			warnBefore: line.GetWarnBefore().AsDuration(), off: line.GetOff(),
		}
		if line.GetCalendar() != "" {
			r.calendar = calendars(line.GetCalendar())
		}
		kind := Kind(line.GetClock())
		if int(kind) >= kindCount {
			continue // of a later version
		}
		shown := Rule{Clock: kind, Within: r.within, Words: r.words()}
		for _, status := range line.GetStatuses() {
			shown.Statuses = append(shown.Statuses, incident.Status(status))
		}
		p.list = append(p.list, shown)
		p.enter(kind, r, shown.Statuses)
	}
	return p
}

// enter puts a rule where it counts: one that names statuses before one that does
// not, whatever their order.
func (p *Policy) enter(kind Kind, r *rule, statuses []incident.Status) {
	for _, status := range statuses {
		if int(status) < statusCount {
			p.rules[kind][status] = r
		}
	}
	if len(statuses) > 0 {
		return
	}
	for status := range p.rules[kind] {
		p.rules[kind][status] = cmp.Or(p.rules[kind][status], r)
	}
}

// Name returns the policy's name; "" for the nil Policy.
func (p *Policy) Name() string {
	if p == nil {
		return ""
	}
	return p.name
}

// Rules returns what the policy says, in the order of the document.
func (p *Policy) Rules() []Rule {
	if p == nil {
		return nil
	}
	return p.list
}

// DueFrom returns by when something has to happen that begins at start; false where
// the policy asks for nothing in that status.
func (p *Policy) DueFrom(kind Kind, status incident.Status, start time.Time) (time.Time, bool) {
	r := p.rule(kind, status)
	if !r.runs() {
		return time.Time{}, false
	}
	return r.due(start), true
}

// rule returns what counts for a clock in a status; nil when nothing does.
func (p *Policy) rule(kind Kind, status incident.Status) *rule {
	if p == nil || int(status) >= statusCount {
		return nil
	}
	return p.rules[kind][status]
}

// Runs reports whether the policy lets a clock run in a status.
func (p *Policy) Runs(kind Kind, status incident.Status) bool { return p.rule(kind, status).runs() }

// runs reports whether a rule lets its clock run.
func (r *rule) runs() bool { return r != nil && !r.off }

// due is the last time that counts for a clock that began at start.
func (r *rule) due(start time.Time) time.Time {
	if r.businessDays > 0 {
		return r.calendar.EndOfDay(start, r.businessDays)
	}
	return r.calendar.Add(start, r.within)
}

func (r *rule) words() string {
	in := ""
	if r.calendar != nil {
		in = ", in the hours of " + r.calendar.Name()
	}
	switch {
	case r.off:
		return "off"
	case r.businessDays == 1:
		return "by the end of the next business day" + in
	case r.businessDays > 0:
		return "by the end of " + strconv.Itoa(r.businessDays) + " business days" + in
	case r.within > 0:
		return "within " + Span(r.within) + in
	}
	return "warned " + Span(r.warnBefore) + " before"
}

// warn is when little time is left: as the rule says, or after four fifths.
func warn(start, due time.Time, before time.Duration) time.Time {
	start = earlier(start, due) // a due time that is named may be over already
	if before <= 0 {
		before = due.Sub(start) / 5
	}
	at := due.Add(-before)
	if at.Before(start) {
		return start
	}
	return at
}

// Policies are all that run: a policy for each severity, and laws. The zero value
// has no clocks.
type Policies struct {
	// BySeverity is indexed by severity; that of incident.Unknown is for triage.
	BySeverity [int(incident.SEV3) + 1]*Policy
	// Laws are found by the marks that name them.
	Laws []*Law
}

// Of returns the policy of a severity; nil when it has none, and for one that a later
// version wrote.
func (p *Policies) Of(s incident.Severity) *Policy {
	if int(s) >= len(p.BySeverity) {
		return nil
	}
	return p.BySeverity[s]
}
