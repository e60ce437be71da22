package answer

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/postmortem"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// found is an incident that the caller may see, as it is now, without names.
type found struct {
	incident *timelinev1.Incident
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
		f.position = snapshot.Position
		f.incident, err = snapshot.Incident(ctx, r)
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
	at, err := pastOf(r.GetAt())
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
	if err != nil {
		return nil, err
	}
	i := f.incident
	if !at.isPresent() {
		v, err := s.travel(ctx, i, at)
		if err != nil {
			return nil, refuse(err)
		}
		i = s.pastIncident(i, wire.Incident(&v.Incident))
	}
	return &timelinev1.GetIncidentResponse{Incident: s.names().Incident(i), Position: f.position.String()}, nil
}

// pastIncident is an incident of the past with what holds whenever it is looked
// at.
func (s *Service) pastIncident(now, then *timelinev1.Incident) *timelinev1.Incident {
	then.Quarantined = now.GetQuarantined()
	return then
}

// GetPostmortem implements the RPC.
func (s *Service) GetPostmortem(ctx context.Context, r *timelinev1.GetPostmortemRequest) (*timelinev1.GetPostmortemResponse, error) {
	at, err := pastOf(r.GetAt())
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
	if err != nil {
		return nil, err
	}
	v, err := s.travel(ctx, f.incident, at)
	if err != nil {
		return nil, refuse(err)
	}
	markdown := postmortem.Write(v, postmortem.Options{
		Name: s.names().Of, Now: s.Now(), KnownAt: at.known, HappenedAt: at.happened,
	})
	return &timelinev1.GetPostmortemResponse{Markdown: markdown, Position: f.position.String()}, nil
}
