package investigate

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// SuggestBlastRadius implements the RPC.
func (s *Service) SuggestBlastRadius(ctx context.Context, r *timelinev1.SuggestBlastRadiusRequest) (*timelinev1.SuggestBlastRadiusResponse, error) {
	ref, err := store.ParseRef(r.GetIncident())
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	var answer *timelinev1.SuggestBlastRadiusResponse
	err = s.reader.Read(ctx, "suggest blast radius", r.GetPosition(), func(snapshot *store.Snapshot) error {
		snapshot.Last()
		incident, err := snapshot.Incident(ctx, ref)
		if err != nil {
			return err
		}
		answer = reached(affected(incident), s.catalog.State())
		return nil
	})
	return answer, err
}

// reached are the services that depend on those that are hit, the nearest first, then by
// name.
func reached(services []string, state *catalog.State) *timelinev1.SuggestBlastRadiusResponse {
	answer := &timelinev1.SuggestBlastRadiusResponse{Services: services, ProposedBy: proposedBy, CatalogEtag: state.Etag()}
	for service, way := range graphOf(state).NeededBy(services) {
		if way.Distance() == 0 {
			continue
		}
		r := &timelinev1.Reached{Service: service, Way: way, Reason: inWords(way)}
		if found, ok := state.Get("service", service); ok {
			r.Components = found.Spec.GetService().GetComponents()
		}
		answer.Reached = append(answer.Reached, r)
	}
	slices.SortFunc(answer.Reached, func(a, b *timelinev1.Reached) int {
		return cmp.Or(cmp.Compare(len(a.GetWay()), len(b.GetWay())), strings.Compare(a.GetService(), b.GetService()))
	})
	return answer
}

// inWords says a way from what is hit: "web needs checkout, which needs db, which is
// affected".
func inWords(way servicegraph.Way) string {
	steps := slices.Clone(way)
	slices.Reverse(steps)
	return steps[0] + " needs " + strings.Join(steps[1:], ", which needs ") + ", which is affected"
}
