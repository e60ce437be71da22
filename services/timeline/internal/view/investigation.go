package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Hypothesis is a supposed cause.
type Hypothesis struct {
	Number                   uint64
	Verdict                  incident.Verdict
	Entry                    uint64 // revision of its entry
	Text, Because, Eliminate string // empty after a redaction
	Added                    time.Time
	AddedBy                  incident.PersonID
	Tests                    []Finding // in the order in which they were written down
	// Judged is what confirmed, eliminated or reopened it, the last time; its zero
	// value is nothing.
	Judged Finding
}

// Finding is something that somebody said at one time, in an entry of its own.
type Finding struct {
	Entry      uint64
	Text       string // empty after a redaction
	OccurredAt time.Time
	Actor      incident.PersonID
}

// Assessment says where the incident was going at a time.
type Assessment struct {
	Finding

	Trend incident.Trend
}

// Decision is what was decided at a time; its text is the reason.
type Decision struct {
	Finding

	Number     uint64
	Choice     string
	Options    []string // empty after a redaction
	Checks     []incident.Check
	Hypothesis uint64
	Change     incident.ChangeID
	About      uint64 // revision of the entry that it is about; 0 for none
}

// ImpactWindow is when customers suffered; zero times stand for "not".
type ImpactWindow struct {
	Start, End           time.Time
	StartEntry, EndEntry uint64
}

// BlastRadius is all that was known to be hit at a time.
type BlastRadius struct {
	Finding

	Services, Components, Regions []string
	Customers                     uint64
	CustomerNames                 []string // empty after a redaction
}

// Related is an incident that belongs to another one.
type Related struct {
	ID       incident.ID
	Relation incident.Relation
	Entry    uint64 // revision of the entry that says so
}
