package change

import (
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// State is what is so about one change. The zero State is a change that nobody told of.
type State struct {
	// Known is what all its reports say together.
	Known Report
	// Redacted is true when content was taken away: none comes back, neither that of
	// other reports nor that of later ones, which would say the same.
	Redacted bool
	// RecordedAt is when its first report was written down, in microseconds since 1970.
	RecordedAt int64
	// Head is the end of its chain, where the next report goes.
	Head chain.Head
	// Frozen is true when a later version wrote something that this one does not
	// understand.
	Frozen bool
}

// Exists tells whether anybody told of it.
func (s State) Exists() bool { return s.Known.Key != "" }

// News returns what a report adds, as it is to be written, and whether it adds anything
// at all.
func (s State) News(r Report) (Report, bool) {
	if s.Redacted {
		r = r.WithoutContent()
	}
	return r, !s.Exists() || !Merge(s.Known, r).Same(s.Known)
}

// Dated gives a report that names no time the time now, where it tells of a further
// stage: its end when nothing more is to come, else its begin. Others stay as they are,
// so that a report that comes again is the same.
func (s State) Dated(r Report, now time.Time) Report {
	if !r.At().IsZero() || s.Exists() && r.Outcome.stage() <= s.Known.Outcome.stage() {
		return r
	}
	if now = now.UTC().Truncate(time.Microsecond); r.Outcome.Final() {
		r.EndedAt = now
	} else {
		r.StartedAt = now
	}
	return r
}

// Fold returns the state after the commits of one more message. Events of types that
// this version does not know freeze the change unless they may be ignored.
func Fold(s State, data []byte) (State, error) {
	commit, err := chain.Open(data)
	if err != nil {
		return s, fmt.Errorf("fold change: %w", err)
	}
	next := s
	for _, record := range commit.Records {
		if next, err = next.fold(record); err != nil {
			return s, fmt.Errorf("fold change: %w", err)
		}
	}
	return next, nil
}

func (s State) fold(record chain.Record) (State, error) {
	envelope, err := record.Envelope()
	if err != nil {
		return s, err
	}
	report, err := Decode(envelope.Type, record)
	s.Head = chain.Head{Revision: envelope.Revision, Hash: record.Hash(), RecordedAtMicros: envelope.RecordedAtMicros}
	switch {
	case errors.Is(err, ErrUnknownType):
		s.Frozen = s.Frozen || !envelope.Ignorable
		return s, nil
	case err != nil:
		return s, err
	}
	return s.Take(report, record.Redacted, envelope.RecordedAtMicros), nil
}

// Take returns the state after one more report that was written down at a time, in
// microseconds since 1970.
func (s State) Take(r Report, redacted bool, recordedAt int64) State {
	if !s.Exists() {
		s.RecordedAt = recordedAt
	}
	if s.Redacted = s.Redacted || redacted; s.Redacted {
		r, s.Known = r.WithoutContent(), s.Known.WithoutContent()
	}
	s.Known = Merge(s.Known, r)
	return s
}
