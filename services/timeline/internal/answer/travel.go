package answer

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// past is the time that a read asks for; both are zero for the present.
type past struct{ known, happened time.Time }

func (p past) isPresent() bool { return p.known.IsZero() && p.happened.IsZero() }

// pastOf reads what a request asks for.
func pastOf(t *timelinev1.TimeTravel) (past, error) {
	switch at := t.GetAt().(type) {
	case *timelinev1.TimeTravel_KnownAt:
		known, err := instant("at.known_at", at.KnownAt)
		return past{known: known}, err
	case *timelinev1.TimeTravel_HappenedAt:
		happened, err := instant("at.happened_at", at.HappenedAt)
		return past{happened: happened}, err
	}
	return past{}, nil
}

// instant reads a time that is given.
func instant(field string, t *timestamppb.Timestamp) (time.Time, error) {
	if t == nil || !t.IsValid() || t.AsTime().IsZero() {
		return time.Time{}, rpc.InvalidField(field, "invalid_time", field+" is not a time")
	}
	return t.AsTime(), nil
}

// optional reads a time that may be left out.
func optional(field string, t *timestamppb.Timestamp) (time.Time, error) {
	if t == nil {
		return time.Time{}, nil
	}
	return instant(field, t)
}

// travel returns the view of an incident at a time in the past; at the present
// the view of everything that is known. The caller has made sure that it may be
// seen now.
func (s *Service) travel(ctx context.Context, i *timelinev1.Incident, p past) (*view.View, error) {
	h, err := s.Histories.Get(ctx, incident.ID(i.GetId()), i.GetRevision())
	if err != nil {
		return nil, err
	}
	switch {
	case !p.known.IsZero():
		return view.KnownAt(h.Records, h.Redacted, p.known)
	case !p.happened.IsZero():
		return view.HappenedAt(h.Records, h.Redacted, p.happened)
	}
	v, err := view.Fold(h.Records)
	for _, revision := range h.Redacted {
		v.Redact(revision)
	}
	return v, err
}
