package clock

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Moment is when something happened. The zero Moment is never.
type Moment struct {
	// At is the time.
	At time.Time
	// Revision is that of the event, where it is known: it outlives a correction of
	// the time.
	Revision uint64
}

// Never reports whether it has not happened.
func (m Moment) Never() bool { return m.At.IsZero() }

// Facts are what clocks need to know of one incident. All of it has happened: a
// caller who asks about the past leaves out what came later.
type Facts struct {
	// Declared is when the incident was declared.
	Declared Moment
	// Phases say which severity and status it had since when, in order. The first
	// begins with the declaration.
	Phases []Phase
	// Acknowledged is the first acknowledgment.
	Acknowledged Moment
	// InternalUpdate is the last update for the team.
	InternalUpdate Moment
	// FirstExternal and ExternalUpdate are the first and the last public update that
	// stand; retracted ones do not count.
	FirstExternal, ExternalUpdate Moment
	// Promise is what the last public update that promised something promised.
	Promise Promise
	// Roles are those that are held now.
	Roles []Held
	// Resolved is when it was resolved; never while it is open, also after it was
	// reopened.
	Resolved Moment
	// Closed is when it was closed; never after it was reopened. It ends no clock of
	// what is done afterwards: debrief, post-mortem, follow-ups.
	Closed Moment
	// Ended is when it stopped being an incident of its own, and why: "cancelled" or
	// "merged into INC-7".
	Ended    Moment
	EndedWhy string
	// Debriefed and PostmortemPublished are when that was done; Debriefed counts
	// since it was last reopened.
	Debriefed, PostmortemPublished Moment
	// Tasks and FollowUps are those that have a time by which to be done.
	Tasks, FollowUps []Item
	// Marks are the events by which clocks of laws start and end, in order.
	Marks []Mark
}

// Phase is a time with one severity and one status.
type Phase struct {
	From     Moment
	Severity incident.Severity
	Status   incident.Status
}

// Promise is a time that a public update named for the next one.
type Promise struct {
	Made Moment
	Due  time.Time
}

// Held is a role in somebody's hands.
type Held struct {
	Role  incident.Role
	Since Moment
}

// Item is a task or a follow-up.
type Item struct {
	ID      string
	Created Moment
	Due     time.Time
	Done    Moment
	// Dropped is when it was given up.
	Dropped Moment
}

// MarkKind is an event that a law knows. The first numbers are those of
// catalog.v1.LegalMark.
type MarkKind uint8

// The events.
const (
	Aware        MarkKind = iota + 1 // the organisation became aware of it
	Classified                       // it was classified as one that the law means
	Material                         // it was determined to be material
	Submitted                        // a report was submitted
	FixAvailable                     // a remedy became available
	Handled                          // the handling was completed
	Withdrawn                        // the law does not apply after all; later marks start anew
	NotApplying                      // one duty of the law does not apply
)

// Mark is such an event.
type Mark struct {
	Kind MarkKind
	// Law is the name of the clock policy.
	Law string
	// Duty is the report, for Submitted and NotApplying.
	Duty string
	Moment
}
