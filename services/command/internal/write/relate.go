package write

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// RelateIncident implements incidentv1.CommandServiceServer. Each of the two
// incidents is told in a commit of its own under the same request id: when the
// second cannot be told, a repetition finds the first done and goes on there.
func (s *Service) RelateIncident(ctx context.Context, r *incidentv1.RelateIncidentRequest) (*incidentv1.RelateIncidentResponse, error) {
	result, err := s.write(ctx, r)
	if err != nil {
		return nil, err
	}
	back := proto.CloneOf(r)
	back.Incident, back.Other, back.Etag, back.RequestId = r.GetOther(), result.GetIncidentId(), "", result.GetRequestId()
	back.Relation = incidentv1.Relation(incident.Relation(r.GetRelation()).Inverse())
	second, err := s.write(ctx, back)
	if err != nil {
		return nil, err
	}
	result.Unchanged = result.GetUnchanged() && second.GetUnchanged()
	result.Position = second.GetPosition() // it lies behind that of the first
	return &incidentv1.RelateIncidentResponse{Result: result}, nil
}

// UnrelateIncident implements incidentv1.CommandServiceServer, as RelateIncident does.
func (s *Service) UnrelateIncident(ctx context.Context, r *incidentv1.UnrelateIncidentRequest) (*incidentv1.UnrelateIncidentResponse, error) {
	result, err := s.write(ctx, r)
	if err != nil {
		return nil, err
	}
	back := proto.CloneOf(r)
	back.Incident, back.Other, back.Etag, back.RequestId = r.GetOther(), result.GetIncidentId(), "", result.GetRequestId()
	second, err := s.write(ctx, back)
	if err != nil {
		return nil, err
	}
	result.Unchanged = result.GetUnchanged() && second.GetUnchanged()
	result.Position = second.GetPosition() // it lies behind that of the first
	return &incidentv1.UnrelateIncidentResponse{Result: result}, nil
}

// relatedTo looks up what the rule needs to know of the other incident.
func (s *Service) relatedTo(ctx context.Context, c incident.RelateIncident, other string, who caller) (incident.RelateIncident, error) {
	state, err := s.other(ctx, other, who)
	if err != nil {
		return c, err
	}
	c.Other, c.OtherExists, c.OtherMergedInto = state.ID, true, state.MergedInto
	return c, nil
}

// other returns the incident that the field other names, if the caller may see it.
func (s *Service) other(ctx context.Context, name string, who caller) (incident.State, error) {
	id, err := s.refer(ctx, "other", name)
	if err != nil {
		return incident.State{}, err
	}
	state, err := s.Store.Look(ctx, id)
	if err != nil {
		return incident.State{}, err
	}
	if !who.sees(state) {
		return incident.State{}, errHidden("other")
	}
	return state, nil
}
