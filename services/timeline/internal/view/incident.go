package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// Incident is the state of an incident as people see it. Times are UTC; the zero
// time stands for "not".
type Incident struct {
	ID             incident.ID
	Number         uint64
	Title, Summary string // empty after a redaction
	Severity       incident.Severity
	Status         incident.Status
	Kind           incident.Kind
	Origin         incident.Origin
	Private, Drill bool
	Services       []string
	External       incident.ExternalReference
	MergedInto     incident.ID

	Declarer     incident.PersonID
	Acknowledger incident.PersonID // who acknowledged first

	// Times at which things happened. Mitigated, Resolved and Closed are zero
	// again as soon as they do not hold any more.
	DeclaredAt, AcknowledgedAt, MitigatedAt, ResolvedAt, ClosedAt time.Time
	ScheduledStart, ScheduledEnd                                  time.Time
	// UpdatedAt is when the last event was written down.
	UpdatedAt time.Time

	Roles   []RoleHolder               // by role
	Impact  []incident.ComponentImpact // by component, of which something was said
	Updates []PublicUpdate             // in the order in which they were published
	Alerts  []Alert                    // in the order in which they came
	Members []incident.PersonID        // who may see it when it is private, in the order in which they came

	Tasks     []Task     // by number
	FollowUps []FollowUp // by number

	Checklists []Checklist // in the order in which they were taken up
	Reviews    []Review    // in the order in which they were scheduled
	// StableAt is when somebody confirmed that it is stable; zero as soon as it got
	// worse. DebriefedAt is when the first debrief was
	// written down since it was last reopened.
	StableAt, DebriefedAt time.Time
	Postmortem            Postmortem

	led bool // the commander's role was held at least once

	// Revision is that of the last event.
	Revision uint64

	// Severities and Statuses are all values in the order in which they were
	// written down; see [Spans].
	Severities []Change[incident.Severity]
	Statuses   []Change[incident.Status]

	// Clocks is what its clocks need to know.
	Clocks clock.History

	// The search for the cause.

	Category    string
	Related     []Related    // in the order in which they were first said to be
	Hypotheses  []Hypothesis // in the order in which they were written down
	Assessments []Assessment // likewise
	Decisions   []Decision   // likewise
	Window      ImpactWindow
	BlastRadii  []BlastRadius // likewise; the last one counts
	Checks      []Check       // the last one of each metric, in the order in which they came
}

// RoleHolder is a role that somebody holds.
type RoleHolder struct {
	Role   incident.Role
	Person incident.PersonID
	Since  time.Time
}

// PublicUpdate is what customers were told at one time.
type PublicUpdate struct {
	ID             string
	Entry          uint64 // revision of its entry
	Status         incident.Status
	Message, Title string // empty after a redaction
	Components     []incident.ComponentImpact
	Pages          []string // empty: every page
	PublishedAt    time.Time
	NextUpdate     time.Time
	Retracted      bool
}

// Alert is an alert that declared the incident or was linked to it.
type Alert struct {
	ID                  incident.AlertID
	Entry               uint64 // revision of its entry
	Fingerprint, Source string
	Title, URL          string // empty after a redaction
}

// Change is a value that something got.
type Change[T comparable] struct {
	Value      T
	OccurredAt time.Time
	Revision   uint64
}

// Open reports whether somebody still works on the incident under this name.
func (i *Incident) Open() bool { return i.Status.Open() && i.MergedInto == "" }

// Holder returns who holds a role, or "".
func (i *Incident) Holder(r incident.Role) incident.PersonID {
	for _, h := range i.Roles {
		if h.Role == r {
			return h.Person
		}
	}
	return ""
}
