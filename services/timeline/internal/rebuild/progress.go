package rebuild

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrRunning means that another rebuild runs, in this process or another.
	ErrRunning = errors.New("another rebuild is running: wait for it to end")
	// ErrBehind means that the live version is not where the new one is, so the
	// two cannot be compared.
	ErrBehind = errors.New("the live view is too far behind to be compared with")
)

// DifferentError means that the new version is not what the live one is. The live
// one goes on.
type DifferentError struct {
	// Incidents are the ids of those that differ.
	Incidents []string
}

// mostNamed bounds how many incidents an error names.
const mostNamed = 20

// Error names the incidents that differ.
func (e *DifferentError) Error() string {
	named := e.Incidents[:min(len(e.Incidents), mostNamed)]
	return fmt.Sprintf("the rebuilt view differs from the live one in %d incidents (%s), so the live one stays: verify the log, then report this",
		len(e.Incidents), strings.Join(named, ", "))
}

// Phase is what a rebuild is doing.
type Phase int

// The phases in their order; the numbers are those of timeline.v1.RebuildPhase.
const (
	Fold Phase = iota + 1
	Index
	CatchUp
	Compare
	Swung
	Search
	Done
)

// Progress is how far a rebuild is.
type Progress struct {
	Phase Phase
	// Done and Total count the phase's items: messages to fold, entries to copy and
	// index, messages to catch up and compare, entries to make searchable.
	Done, Total uint64
	// Version is the number of the schema that is being built.
	Version int
	// Differences are what keeps the live version.
	Differences []string
}
