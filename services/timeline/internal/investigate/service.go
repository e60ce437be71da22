package investigate

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/viewer"
)

// proposedBy is who proposes.
const proposedBy = "system"

// Service implements timeline.v1.SuspectService.
type Service struct {
	timelinev1.UnimplementedSuspectServiceServer

	log     eventlog.Reader
	catalog *catalog.Follower
	reader  viewer.Reader
}

var _ timelinev1.SuspectServiceServer = (*Service)(nil)

// New returns the service over the log, the view of changes, the catalog and the incidents, which
// another keeps up to date.
func New(log eventlog.Reader, changes *beside.View, services *catalog.Follower, incidents *store.Store, projected viewer.Incidents) *Service {
	return &Service{log: log, catalog: services, reader: viewer.Reader{Store: incidents, Incidents: projected, Views: []viewer.View{changes}}}
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
