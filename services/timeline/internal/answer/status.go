package answer

import (
	"context"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// GetStatus implements the RPC.
func (s *Service) GetStatus(ctx context.Context, _ *timelinev1.GetStatusRequest) (*timelinev1.GetStatusResponse, error) {
	status, err := s.Projected.Status(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	answer := &timelinev1.GetStatusResponse{LagEvents: status.LagEvents, LagSeconds: status.Lag.Seconds()}
	err = s.read(ctx, "read status", "", func(snapshot *store.Snapshot) error {
		quarantined, err := snapshot.Quarantined(ctx)
		if err != nil {
			return err
		}
		answer.Quarantined = nil
		for _, p := range quarantined {
			answer.Quarantined = append(answer.Quarantined, &timelinev1.QuarantinedIncident{
				IncidentId: string(p.Incident), Revision: p.Revision, Problem: p.Reason,
			})
		}
		answer.Position, answer.SchemaVersion = snapshot.Position.String(), int32(snapshot.Live.Version)
		answer.SearchIncomplete = !snapshot.Live.Searchable
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}
