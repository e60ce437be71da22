package alert

import (
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// State is what is so about one alert. The zero State is an alert that never
// fired.
type State struct {
	// Fired is how it began; its Source is empty when it did not.
	Fired Fired
	// EndedAt is when it ended by the sender's clock; zero while it lasts.
	EndedAt time.Time
	// EndSignal names the raw evidence of the end.
	EndSignal string
	// Acknowledged is who takes care of it, the first one; its By is empty while
	// nobody does. It keeps no words.
	Acknowledged Acknowledged
	// Linked is the incident that was declared from it, if any.
	Linked Linked
	// Suppressed is what keeps it from calling, or did when it ended; its ID is empty when
	// nothing does.
	Suppressed Suppressed
	// Unsuppressed is what its route led to when it began to call again, if it led to an
	// incident.
	Unsuppressed Unsuppressed
	// CalmedAt is when its condition, which was flapping, had been quiet; zero: it has not.
	CalmedAt time.Time
	// Notes counts what was written down about it.
	Notes int
	// Head is the end of its chain, where the next event goes.
	Head chain.Head
	// Frozen is true when a later version wrote something that this one does not
	// understand.
	Frozen bool
}

// Began tells whether the alert is known at all.
func (s State) Began() bool { return s.Fired.Source != "" }

// Ended tells whether the episode is over.
func (s State) Ended() bool { return !s.EndedAt.IsZero() }

// IsAcknowledged tells whether somebody takes care of it, or did when it ended.
func (s State) IsAcknowledged() bool { return s.Acknowledged.By != "" }

// After is when an episode begins that a sender tells of as the same one, after it
// had told of its end: a moment after that end.
func (s State) After() time.Time {
	at := s.Fired.StartsAt
	if s.EndedAt.After(at) {
		at = s.EndedAt
	}
	return at.Add(time.Microsecond)
}

// Fold returns the state after the commits of one more message. Events of types
// that this version does not know freeze the alert unless they may be ignored.
func Fold(s State, data []byte) (State, error) {
	commit, err := chain.Open(data)
	if err != nil {
		return s, fmt.Errorf("fold alert: %w", err)
	}
	for _, record := range commit.Records {
		if s, err = fold(s, record); err != nil {
			return s, fmt.Errorf("fold alert: %w", err)
		}
	}
	return s, nil
}

func fold(s State, record chain.Record) (State, error) {
	envelope, err := record.Envelope()
	if err != nil {
		return s, err
	}
	event, err := Decode(envelope.Type, record)
	if err != nil && !errors.Is(err, ErrUnknownType) {
		return s, err
	}
	s.Head = chain.Head{Revision: envelope.Revision, Hash: record.Hash(), RecordedAtMicros: envelope.RecordedAtMicros}
	switch event := event.(type) {
	case Fired:
		s.Fired = event
	case Resolved:
		s.EndedAt, s.EndSignal = event.EndsAt, event.SignalID
	case Acknowledged:
		if !s.IsAcknowledged() {
			event.Note, event.SaidBy = "", ""
			s.Acknowledged = event
		}
	case Linked:
		if s.Linked.Incident == "" {
			s.Linked = event
		}
	case Suppressed:
		s.Suppressed = event
	case Unsuppressed:
		s.Suppressed = Suppressed{}
		if s.Incident() == "" && event.Incident != "" {
			s.Unsuppressed = event
		}
	case Calmed:
		s.CalmedAt = event.At
	case Noted:
		s.Notes++
	default:
		s.Frozen = s.Frozen || !envelope.Ignorable
	}
	return s, nil
}
