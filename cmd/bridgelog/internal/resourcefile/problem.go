package resourcefile

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	// File and Line say where; Line counts from 1.
	File string
	Line int
	// Resource is "kind/name" as far as known; Field the path within the spec.
	Resource, Field string
	// Message says what is wrong.
	Message string
}

// Error names the place.
func (p *Problem) Error() string {
	where := fmt.Sprintf("%s:%d", p.File, p.Line)
	if p.Resource != "" {
		where += ": " + p.Resource
	}
	if p.Field != "" {
		where += ": spec." + p.Field
	}
	return where + ": " + p.Message
}

// place is where the reader is.
type place struct {
	file, resource, field string
}

func (p place) at(node *yaml.Node, format string, args ...any) error {
	return &Problem{
		File: p.file, Line: node.Line, Resource: p.resource, Field: p.field, Message: fmt.Sprintf(format, args...),
	}
}

func (p place) in(field string) place {
	if p.field != "" {
		field = p.field + "." + field
	}
	p.field = field
	return p
}

// item names one element of the list that the place is at.
func (p place) item(i int) place {
	p.field = fmt.Sprintf("%s[%d]", p.field, i)
	return p
}
