package viewer

import (
	"context"

	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// DefaultPage is the size of a page that does not name one.
const DefaultPage = 50

// IncidentID finds an incident that exists for the viewer, by its number or id.
func IncidentID(ctx context.Context, snapshot *store.Snapshot, name string) (string, error) {
	ref, err := store.ParseRef(name)
	if err != nil {
		return "", err
	}
	found, err := snapshot.Incident(ctx, ref)
	return found.GetId(), err
}
