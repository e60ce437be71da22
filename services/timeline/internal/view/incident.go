package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
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
	Members []incident.PersonID        // who may see it when it is private: the declarer, holders of roles past and present

	// Revision is that of the last event.
	Revision uint64

	// Severities and Statuses are all values in the order in which they were
	// written down; see [Spans].
	Severities []Change[incident.Severity]
	Statuses   []Change[incident.Status]
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
