package travel

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Moment is what a read is about: what was known at a time, or what happened by one. At
// most one of them is set; both are zero for the present.
type Moment struct{ Known, Happened time.Time }

// Of reads what a request asks for. What is no time is refused.
func Of(t *timelinev1.TimeTravel) (Moment, error) {
	switch at := t.GetAt().(type) {
	case *timelinev1.TimeTravel_KnownAt:
		known, err := Instant("at.known_at", at.KnownAt)
		return Moment{Known: known}, err
	case *timelinev1.TimeTravel_HappenedAt:
		happened, err := Instant("at.happened_at", at.HappenedAt)
		return Moment{Happened: happened}, err
	}
	return Moment{}, nil
}

// Instant reads a time that may be left out: the zero time then.
func Instant(field string, t *timestamppb.Timestamp) (time.Time, error) {
	if t == nil {
		return time.Time{}, nil
	}
	if !t.IsValid() || t.AsTime().IsZero() {
		return time.Time{}, rpc.InvalidField(field, "invalid_time", field+" is not a time")
	}
	return t.AsTime(), nil
}

// IsPresent tells whether it is not the past.
func (m Moment) IsPresent() bool { return m.Known.IsZero() && m.Happened.IsZero() }

// Time is when it is; zero for the present.
func (m Moment) Time() time.Time {
	if m.Known.IsZero() {
		return m.Happened
	}
	return m.Known
}

// View shows an incident as it was; at the present, everything that is known. It returns
// [view.ErrNotYet] when there was nothing of it.
func (m Moment) View(h fold.History) (*view.View, error) {
	switch {
	case !m.Known.IsZero():
		return view.KnownAt(h.Records, h.Redacted, m.Known)
	case !m.Happened.IsZero():
		return view.HappenedAt(h.Records, h.Redacted, m.Happened)
	}
	v, err := view.Fold(h.Records)
	for _, revision := range h.Redacted {
		v.Redact(revision)
	}
	return v, err
}
