package fold

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// prefix begins the subject of every incident.
const prefix = "incident."

// Subject is where the events of an incident are.
func Subject(id incident.ID) string { return prefix + string(id) }

// IncidentOf returns the incident that a subject belongs to; false for others.
func IncidentOf(subject string) (incident.ID, bool) {
	id, ok := strings.CutPrefix(subject, prefix)
	return incident.ID(id), ok && id != ""
}

// Event is an event with the trace of the request that caused it.
type Event struct {
	incident.Recorded
	TraceParent string
}

// Problem says which event of an incident cannot be folded, and why.
type Problem struct {
	Incident incident.ID
	// Revision is that of the event; Sequence is its place in the log.
	Revision, Sequence uint64
	// Reason is why, for an operator; it repeats nothing that people wrote.
	Reason string
}

// Decode reads the events of one message. It ends at the first one that cannot
// be read and returns the error together with those before it.
func Decode(m eventlog.Message) ([]Event, error) {
	commit, err := chain.Open(m.Data)
	if err != nil {
		return nil, err
	}
	events := make([]Event, 0, len(commit.Records))
	for i := range commit.Records {
		e, err := decode(commit.Records[i])
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
	return events, nil
}

func decode(r chain.Record) (Event, error) {
	envelope, err := r.Envelope()
	if err != nil {
		return Event{}, err
	}
	recorded, err := record.DecodeParsed(&envelope, r)
	if err != nil {
		return Event{}, err
	}
	keep(&recorded.Meta)
	return Event{Recorded: recorded, TraceParent: envelope.TraceParent}, nil
}

// keep lets go of the envelope, into which the strings point: views live long,
// and need little of it.
func keep(m *incident.Meta) {
	m.EventID = strings.Clone(m.EventID)
	m.Incident = incident.ID(strings.Clone(string(m.Incident)))
	m.Actor = incident.PersonID(strings.Clone(string(m.Actor)))
	m.Principal, m.RequestID = "", ""
}

// redactions finds the entries that a message redacts, past events that cannot be
// read.
func redactions(m eventlog.Message) []uint64 {
	commit, err := chain.Open(m.Data)
	if err != nil {
		return nil
	}
	var entries []uint64
	for i := range commit.Records {
		e, err := decode(commit.Records[i])
		if err != nil {
			continue
		}
		if redacted, ok := e.Event.(incident.EntryRedacted); ok {
			entries = append(entries, redacted.Entry)
		}
	}
	return entries
}

// reason is what an operator learns of an event that cannot be folded.
func reason(err error) string {
	switch {
	case errors.Is(err, record.ErrUnknownCritical):
		return "a later version of this program wrote this event: upgrade this one"
	case errors.Is(err, record.ErrMalformed), errors.Is(err, chain.ErrMalformed):
		return "the event is damaged: verify the log and restore it from a replica or a backup"
	}
	return fmt.Sprint(err)
}
