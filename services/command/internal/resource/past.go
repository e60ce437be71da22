package resource

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// at is the catalog as it was known at a time; nil is now.
func (s *Service) at(ctx context.Context, t *timestamppb.Timestamp) (*catalog.State, error) {
	if t == nil {
		return s.Catalog.State(), nil
	}
	if t.CheckValid() != nil {
		return nil, rpc.InvalidField("known_time", "not_a_time", "this is no time: give one between the years 1 and 9999")
	}
	return s.past.At(ctx, t.AsTime())
}

// ListResourceVersions implements catalogv1.CatalogServiceServer.
func (s *Service) ListResourceVersions(ctx context.Context, r *catalogv1.ListResourceVersionsRequest) (*catalogv1.ListResourceVersionsResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	k, err := kindOf(r.GetKind())
	if err != nil {
		return nil, err
	}
	state, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	ids := state.Bearers(k.Name, r.GetName())
	if person, ok := state.Person(r.GetName()); ok && k.Name == "person" && len(ids) == 0 {
		ids = []string{person.ID}
	}
	versions, err := catalog.History(ctx, s.Log, k.Name, ids...)
	if err != nil {
		return nil, err
	}
	answer := &catalogv1.ListResourceVersionsResponse{}
	reads := reader{state, by}
	for _, v := range versions {
		if reads.sees(v.Resource) {
			answer.Versions = append(answer.Versions, versionProto(state, v))
		}
	}
	if len(answer.GetVersions()) == 0 {
		var known []string
		for _, one := range reads.list(state, k.Name) {
			known = append(known, one.Name)
		}
		return nil, noSuch(k.Name, r.GetName(), known)
	}
	return answer, nil
}

func versionProto(state *catalog.State, v catalog.Version) *catalogv1.ResourceVersion {
	out := &catalogv1.ResourceVersion{
		Change: v.Change, Resource: v.Resource.Proto(), Differences: v.Differences,
		RecordedTime: timestamppb.New(v.At), Actor: v.Actor, ActorName: state.Called(v.Actor), Erased: v.Erased,
	}
	if v.Actor == system().ID {
		out.ActorName = "Bridgelog"
	}
	if v.Erased {
		out.Resource.Name, out.Resource.Spec = "", nil
	}
	return out
}
