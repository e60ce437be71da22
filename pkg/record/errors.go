package record

import "errors"

var (
	// ErrUnknownCritical means that a later version wrote the event and did not
	// allow others to pass over it. Whoever only shows or announces things may go
	// on with the event that comes with this error; whoever decides must not.
	ErrUnknownCritical = errors.New("event type of a later version")
	// ErrMalformed means that the bytes are not what their type promises.
	ErrMalformed = errors.New("malformed event")
	// ErrNotIncident means that the record belongs to another kind of subject.
	ErrNotIncident = errors.New("not an event of an incident")
	// ErrNotStorable means that an event cannot be written, either because its
	// text is not valid UTF-8 or because this version does not know its type.
	ErrNotStorable = errors.New("event cannot be stored")
)
