package importer

import (
	"fmt"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Batch is what one file holds.
type Batch struct {
	// Histories are the incidents, in the order in which they first appear, each
	// once.
	Histories []*incidentv1.ImportedIncident
	// Components are those that the file names, in the order of appearance.
	Components []Component
	// Problems are the lines that could not be read.
	Problems []Problem
}

// Events counts the acts of all histories. The system may write more events
// than that: an act can cause several.
func (b Batch) Events() uint64 {
	var n uint64
	for _, h := range b.Histories {
		n += uint64(len(h.GetSteps())) + 1
	}
	return n
}

// Component is a component of the other system, under its original id.
type Component struct {
	ID, Name, Description string
	// GroupID is the id of the group that it belongs to, if any.
	GroupID string
	// Group is true for a group.
	Group bool
	// Position is its place from 1; 0 when the source does not say.
	Position int32
	// OnlyShowIfDegraded hides it while it works.
	OnlyShowIfDegraded bool
	// StartDate is the first day of its history, YYYY-MM-DD.
	StartDate string
}

// Problem is one line that could not be read.
type Problem struct {
	// Line counts from 1.
	Line int
	// Err says what is wrong.
	Err error
}

// Error names the line.
func (p Problem) Error() string { return fmt.Sprintf("line %d: %v", p.Line, p.Err) }

// Unwrap is the error underneath.
func (p Problem) Unwrap() error { return p.Err }
