package viewer

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// DefaultPage is the size of a page that does not name one.
const DefaultPage = 50

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

// IncidentID finds an incident that exists for the viewer, by its number or id.
func IncidentID(ctx context.Context, snapshot *store.Snapshot, name string) (string, error) {
	ref, err := store.ParseRef(name)
	if err != nil {
		return "", err
	}
	found, err := snapshot.Incident(ctx, ref)
	return found.GetId(), err
}
