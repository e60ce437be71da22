package answer

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
)

// found is an incident that the caller may see, as it is now, without names.
type found struct {
	incident *timelinev1.Incident
	clocked  store.Clocked
	position eventlog.Position
}

// find waits for a position and finds an incident for the caller.
func (s *Service) find(ctx context.Context, ref, token string) (found, error) {
	var f found
	err := s.read(ctx, "read incident", token, func(snapshot *store.Snapshot) error {
		r, err := store.ParseRef(ref)
		if err != nil {
			return err
		}
		snapshot.Last()
		f.clocked, err = snapshot.Clocked(ctx, r)
		f.incident, f.position = f.clocked.Incident, snapshot.Position
		return err
	})
	return f, err
}

// read waits for a position and runs fn on what the caller may see.
func (s *Service) read(ctx context.Context, op, token string, fn func(*store.Snapshot) error) error {
	v, err := viewer(ctx)
	if err != nil {
		return err
	}
	if err := s.await(ctx, token); err != nil {
		return refuse(err)
	}
	return refuse(s.Store.Read(ctx, op, v, fn))
}

// GetIncident implements the RPC.
func (s *Service) GetIncident(ctx context.Context, r *timelinev1.GetIncidentRequest) (*timelinev1.GetIncidentResponse, error) {
	at, err := travel.Of(r.GetAt())
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
	if err != nil {
		return nil, err
	}
	m, err := s.momentOf(ctx, at)
	if err != nil {
		return nil, refuse(err)
	}
	i, facts, err := s.clocked(ctx, f, at)
	if err != nil {
		return nil, refuse(err)
	}
	i.OverdueClocks = m.overdue(facts)
	if err := s.related(ctx, i); err != nil {
		return nil, err
	}
	return &timelinev1.GetIncidentResponse{Incident: s.names().Incident(i), Position: f.position.String()}, nil
}

// pastIncident is an incident of the past with what holds whenever it is looked
// at.
func (s *Service) pastIncident(now, then *timelinev1.Incident) *timelinev1.Incident {
	then.Quarantined = now.GetQuarantined()
	return then
}
