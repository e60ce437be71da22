package catalog

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNotFound: no such resource.
	ErrNotFound = errors.New("no such resource")
	// ErrCorrupt: what the log says about the catalog contradicts itself. Nobody
	// can sign in until it is looked at.
	ErrCorrupt = errors.New("the catalog in the log is damaged: run bridgelog verify")
)

// Violation is one thing that is wrong with a resource.
type Violation struct {
	// Resource is "kind/name", or a place in a file ("routes.yaml:12").
	Resource string
	// Field is the path of the field, for example "spec.severity"; may be empty.
	Field string
	// Reason is a stable word for machines, for example "unknown_reference".
	Reason string
	// Message says what is wrong and what to do.
	Message string
}

// Where names the resource and the field, as in "route/checkout: spec.severity".
func (v Violation) Where() string {
	if v.Field == "" {
		return v.Resource
	}
	return v.Resource + ": " + v.Field
}

// maxViolations bounds how much is said of one set of resources: whoever has a
// thousand things to mend begins with those.
const maxViolations = 1000

// Violations are what is wrong with a set of resources, in order: everything, up to
// the first thousand.
type Violations []Violation

// Error says the first few of them.
func (v Violations) Error() string {
	const shown = 5
	var b strings.Builder
	for i, one := range v[:min(len(v), shown)] {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s", one.Where(), one.Message)
	}
	if more := len(v) - shown; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// orNil returns the violations as an error, or nil when there are none.
func (v Violations) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}
