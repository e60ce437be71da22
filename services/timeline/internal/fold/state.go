package fold

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// state is one incident that is being followed.
type state struct {
	id       incident.ID
	view     view.View
	sequence uint64 // of the last message folded
	problem  *Problem
	// doomed are entries that are redacted further on in the log: what they said
	// must not be shown any more, wherever the follower stands.
	doomed []uint64
}

// apply folds a message and returns the events that were folded. In quarantine
// only redactions are applied.
func (s *state) apply(m eventlog.Message) []Event {
	if s.problem != nil {
		s.sequence = m.Sequence
		s.redact(redactions(m))
		return nil
	}
	events, err := Decode(m)
	return s.applyDecoded(m, events, err)
}

// applyDecoded is apply for events that were decoded already, with the error that
// ended it.
func (s *state) applyDecoded(m eventlog.Message, events []Event, err error) []Event {
	s.sequence = m.Sequence
	folded := 0
	for ; folded < len(events); folded++ {
		if wrong := s.view.Apply(events[folded].Recorded); wrong != nil {
			err = wrong
			break
		}
	}
	if err != nil {
		s.problem = &Problem{Incident: s.id, Revision: s.view.Incident.Revision + 1, Sequence: m.Sequence, Reason: reason(err)}
		s.redact(redactions(m))
	}
	if len(s.doomed) > 0 {
		s.redact(s.doomed)
	}
	return events[:folded]
}

func (s *state) redact(entries []uint64) {
	for _, revision := range entries {
		s.view.Redact(revision)
	}
}

// changed returns the entries that changed since it was last asked, sorted.
func (s *state) changed() []*view.Entry {
	touched := s.view.Touched()
	slices.Sort(touched)
	touched = slices.Compact(touched)
	entries := make([]*view.Entry, 0, len(touched))
	for _, revision := range touched {
		if e := s.view.Entry(revision); e != nil {
			entries = append(entries, e)
		}
	}
	return entries
}
