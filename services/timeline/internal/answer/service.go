package answer

import (
	"context"
	"log/slog"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/projection"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/feed"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// Projected is the live projection.
type Projected interface {
	// Wait returns when the read model holds a position.
	Wait(ctx context.Context, p eventlog.Position) error
	// Status says how far it is.
	Status(ctx context.Context) (projection.Status, error)
}

// Suspects proposes what may have caused an incident.
type Suspects interface {
	// ListSuspects answers the caller as the RPC of timeline.v1.SuspectService does.
	ListSuspects(ctx context.Context, r *timelinev1.ListSuspectsRequest) (*timelinev1.ListSuspectsResponse, error)
}

// Service implements timeline.v1.TimelineService.
type Service struct {
	timelinev1.UnimplementedTimelineServiceServer

	// Log is read for histories, exports and verification.
	Log eventlog.Reader
	// Store is the read model.
	Store *store.Store
	// Projected keeps it up to date.
	Projected Projected
	// Catalog knows names.
	Catalog *catalog.Follower
	// Books keeps the playbook that the catalog has now.
	Books *playbook.Current
	// Past knows what the catalog said at a time, PastBooks the playbook of the last
	// such answer.
	Past      *catalog.Past
	PastBooks *playbook.Current
	// Facts keeps what clocks need to know of incidents in lists.
	Facts *Facts
	// Suspects are for post-mortems.
	Suspects Suspects
	// Histories are those of single incidents.
	Histories *fold.Histories
	// Feed is what watches follow.
	Feed *feed.Feed
	// Rebuilder builds the read model anew.
	Rebuilder *rebuild.Rebuilder
	// Logger gets what is ours to know.
	Logger *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// Heartbeat is how often a quiet watch says where it stands.
	Heartbeat time.Duration
	// Stopping is closed when the service stops: streams end then.
	Stopping <-chan struct{}
}

var _ timelinev1.TimelineServiceServer = (*Service)(nil)
