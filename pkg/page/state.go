package page

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// State is what is so about one page. The zero State is a page that nobody asked for.
type State struct {
	// Requested is how it began; its Alert is empty when it did not.
	Requested Requested
	// Told is what came of telling people so far, in the order in which each way was first
	// heard of.
	Told []Told
	// Acknowledged is who takes care of the alert; its By is empty while nobody does.
	Acknowledged Acknowledged
	// EndedAt is when the alert was over; zero while it lasts.
	EndedAt time.Time
	// Head is the end of its chain, where the next event goes.
	Head chain.Head
	// Frozen is true when a later version wrote something that this one does not
	// understand.
	Frozen bool
}

// Told is what came of one way to one person, as the last event says.
type Told struct {
	Outcome

	// Delivered and Failed: it came to this end; neither: it is tried again.
	Delivered, Failed bool
}

// Final tells whether nothing more comes of it.
func (t Told) Final() bool { return t.Delivered || t.Failed }

// Began tells whether anybody asked for the page.
func (s State) Began() bool { return s.Requested.Alert != "" }

// IsAcknowledged tells whether somebody takes care of the alert, or did when it ended.
func (s State) IsAcknowledged() bool { return s.Acknowledged.By != "" }

// Ended tells whether the alert is over.
func (s State) Ended() bool { return !s.EndedAt.IsZero() }

// Calls tells whether people are still to be told.
func (s State) Calls() bool {
	return s.Began() && !s.Requested.Shadow && !s.IsAcknowledged() && !s.Ended()
}

// Way returns a way of a person as it was asked for, and whether it was.
func (s State) Way(person string, number int) (Way, bool) {
	for _, r := range s.Requested.Recipients {
		for _, w := range r.Ways {
			if r.Person == person && w.Number == number {
				return w, true
			}
		}
	}
	return Way{}, false
}

// Of returns what came of a way so far; its At is zero when nothing did.
func (s State) Of(person string, way int) Told {
	for _, t := range s.Told {
		if t.Person == person && t.Way == way {
			return t
		}
	}
	return Told{}
}

// News tells whether an outcome says more than what is known: a later attempt, or an end.
// What has come to an end stays there.
func (s State) News(o Outcome, final bool) bool {
	known := s.Of(o.Person, o.Way)
	return !known.Final() && (final || known.At.IsZero() || o.Attempt > known.Attempt)
}

// Fold returns the state after the commits of one more message. Events of types that
// this version does not know freeze the page unless they may be ignored.
func Fold(s State, data []byte) (State, error) {
	commit, err := chain.Open(data)
	if err != nil {
		return s, fmt.Errorf("fold page: %w", err)
	}
	for _, record := range commit.Records {
		if s, err = FoldRecord(s, record); err != nil {
			return s, fmt.Errorf("fold page: %w", err)
		}
	}
	return s, nil
}

// FoldRecord returns the state after one more event.
func FoldRecord(s State, record chain.Record) (State, error) {
	envelope, err := record.Envelope()
	if err != nil {
		return s, err
	}
	event, err := Decode(envelope.Type, record)
	if err != nil && !errors.Is(err, ErrUnknownType) {
		return s, err
	}
	s.Head = chain.Head{Revision: envelope.Revision, Hash: record.Hash(), RecordedAtMicros: envelope.RecordedAtMicros}
	if event == nil {
		s.Frozen = s.Frozen || !envelope.Ignorable
		return s, nil
	}
	return s.Evolve(event), nil
}

// Evolve returns the state after an event, as [Decode] returns it.
func (s State) Evolve(event any) State {
	switch e := event.(type) {
	case Requested:
		s.Requested = e
	case Attempted:
		return s.told(Told{Outcome: e.Outcome})
	case Delivered:
		return s.told(Told{Outcome: e.Outcome, Delivered: true})
	case Failed:
		return s.told(Told{Outcome: e.Outcome, Failed: true})
	case Acknowledged:
		if !s.IsAcknowledged() {
			s.Acknowledged = e
		}
	case Ended:
		if !s.Ended() {
			s.EndedAt = e.At
		}
	}
	return s
}

func (s State) told(t Told) State {
	s.Told = slices.Clone(s.Told)
	for i := range s.Told {
		if s.Told[i].Person == t.Person && s.Told[i].Way == t.Way {
			if !s.Told[i].Final() {
				s.Told[i] = t
			}
			return s
		}
	}
	s.Told = append(s.Told, t)
	return s
}
