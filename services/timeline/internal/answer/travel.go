package answer

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// travel returns the view of an incident at a moment; at the present the view of
// everything that is known. The caller has made sure that it may be seen now.
func (s *Service) travel(ctx context.Context, i *timelinev1.Incident, to travel.Moment) (*view.View, error) {
	h, err := s.Histories.Get(ctx, incident.ID(i.GetId()), i.GetRevision())
	if err != nil {
		return nil, err
	}
	return to.View(h)
}
