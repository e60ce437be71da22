package change

import (
	"maps"
	"time"
)

// Report is what a source says of a change at one moment. What it leaves empty, it does
// not speak of.
type Report struct {
	// Source is the door, Key the source's name of the change.
	Source, Key string
	// Kind is what was changed.
	Kind Kind
	// Service is the catalog's name of what was changed, or the source's.
	Service string
	// Environment is where, Version what runs now.
	Environment, Version string
	// StartedAt is when it began to take effect, EndedAt when it was through.
	StartedAt, EndedAt time.Time
	// Outcome is how far it has come.
	Outcome Outcome
	// AuthorID is the opaque id of the person who did it.
	AuthorID string
	// SignalID names the raw evidence.
	SignalID string

	// Title, AuthorName, Link, Description and Labels are content: what people or
	// machines wrote. They are empty after a redaction.
	Title, AuthorName, Link, Description string
	Labels                               map[string]string
}

// At is the time of which a report speaks, the later of its begin and its end; zero when
// it names none.
func (r Report) At() time.Time {
	if r.EndedAt.After(r.StartedAt) {
		return r.EndedAt
	}
	return r.StartedAt
}

// Began is when it began to take effect, or where only the end is known, that.
func (r Report) Began() time.Time { return firstTime(r.StartedAt, r.EndedAt) }

// WithoutContent is what is left of a report when its content is redacted.
func (r Report) WithoutContent() Report {
	r.Title, r.AuthorName, r.Link, r.Description, r.Labels = "", "", "", "", nil
	return r
}

// Same tells whether two reports say the same, whatever their evidence.
func (r Report) Same(o Report) bool {
	return r.Source == o.Source && r.Key == o.Key && r.Kind == o.Kind && r.Service == o.Service &&
		r.Environment == o.Environment && r.Version == o.Version && r.Outcome == o.Outcome && r.AuthorID == o.AuthorID &&
		r.StartedAt.Equal(o.StartedAt) && r.EndedAt.Equal(o.EndedAt) &&
		r.Title == o.Title && r.AuthorName == o.AuthorName && r.Link == o.Link && r.Description == o.Description &&
		maps.Equal(r.Labels, o.Labels)
}
