package investigate

import (
	"slices"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
	"github.com/bridgelog/bridgelog/services/timeline/internal/viewer"
)

// proposedBy is who proposes.
const proposedBy = "system"

// Service implements timeline.v1.SuspectService.
type Service struct {
	timelinev1.UnimplementedSuspectServiceServer

	log       eventlog.Reader
	catalog   *catalog.Follower
	past      *catalog.Past
	histories *fold.Histories
	reader    viewer.Reader
}

var _ timelinev1.SuspectServiceServer = (*Service)(nil)

// Parts are what the service answers from. Another keeps them up to date.
type Parts struct {
	// Log is read for the values of checks and for the past.
	Log eventlog.Reader
	// Changes is the view of changes.
	Changes *beside.View
	// Catalog knows the services, Past those of a time in the past.
	Catalog *catalog.Follower
	Past    *catalog.Past
	// Incidents holds the incidents, which Projected keeps up to date, Histories those of
	// single ones.
	Incidents *store.Store
	Projected viewer.Incidents
	Histories *fold.Histories
}

// New returns the service.
func New(p Parts) *Service {
	return &Service{log: p.Log, catalog: p.Catalog, past: p.Past, histories: p.Histories, reader: viewer.Reader{
		Store: p.Incidents, Incidents: p.Projected, Views: []viewer.View{p.Changes},
		Known: []viewer.Known{{Err: view.ErrNotYet, Code: codes.NotFound, Reason: "not_yet", Message: "there was nothing of this incident at that time: ask for a later one"}},
	}}
}

// graphOf is which service depends on which, by the catalog.
func graphOf(state *catalog.State) servicegraph.Graph {
	needs := map[string][]string{}
	for _, r := range state.List("service") {
		needs[r.Name] = r.Spec.GetService().GetDependsOn()
	}
	return servicegraph.New(needs)
}

// affected are the services that an incident names: those it was said to be of, and those
// that are said to be hit.
func affected(i *timelinev1.Incident) []string {
	services := slices.Clone(i.GetServices())
	if radii := i.GetBlastRadii(); len(radii) > 0 {
		services = append(services, radii[len(radii)-1].GetServices()...)
	}
	slices.Sort(services)
	return slices.Compact(services)
}
