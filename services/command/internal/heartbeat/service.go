package heartbeat

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/resource"
)

// Resources writes the catalog; [resource.Service] does.
type Resources interface {
	Current(ctx context.Context) (*catalog.State, error)
	Write(ctx context.Context, o resource.Own) (*catalog.State, string, error)
}

// Service implements signalv1.HeartbeatServiceServer. Its fields are set once, before the
// first call.
type Service struct {
	signalv1.UnimplementedHeartbeatServiceServer

	// Resources is where heartbeats are written.
	Resources Resources
	// Ours tells whether one of our own services calls.
	Ours func(ctx context.Context) (bool, error)
}

// CreateHeartbeat implements signalv1.HeartbeatServiceServer.
func (s *Service) CreateHeartbeat(ctx context.Context, r *signalv1.CreateHeartbeatRequest) (*signalv1.CreateHeartbeatResponse, error) {
	position, err := s.change(ctx, r.GetCaller(), r.GetName(), r, func(_ right, have *catalog.Resource) (*catalogv1.HeartbeatSpec, error) {
		if have != nil && !proto.Equal(have.Spec.GetHeartbeat(), r.GetSpec()) {
			return nil, &rpc.Refusal{
				Code: codes.AlreadyExists, Reason: "name_taken", Field: "name",
				Message: fmt.Sprintf("there is a heartbeat %s already: change it, or choose another name", r.GetName()),
			}
		}
		return r.GetSpec(), nil
	})
	if err != nil {
		return nil, fmt.Errorf("create heartbeat: %w", err)
	}
	return &signalv1.CreateHeartbeatResponse{Position: position}, nil
}

// UpdateHeartbeat implements signalv1.HeartbeatServiceServer.
func (s *Service) UpdateHeartbeat(ctx context.Context, r *signalv1.UpdateHeartbeatRequest) (*signalv1.UpdateHeartbeatResponse, error) {
	position, err := s.change(ctx, r.GetCaller(), r.GetName(), r, func(may right, have *catalog.Resource) (*catalogv1.HeartbeatSpec, error) {
		if have == nil {
			return nil, unknown(r.GetName())
		}
		if err := may.mayChange(have); err != nil {
			return nil, err
		}
		return updated(have.Spec.GetHeartbeat(), r), nil
	})
	if err != nil {
		return nil, fmt.Errorf("update heartbeat: %w", err)
	}
	return &signalv1.UpdateHeartbeatResponse{Position: position}, nil
}

// DeleteHeartbeat implements signalv1.HeartbeatServiceServer.
func (s *Service) DeleteHeartbeat(ctx context.Context, r *signalv1.DeleteHeartbeatRequest) (*signalv1.DeleteHeartbeatResponse, error) {
	position, err := s.change(ctx, r.GetCaller(), r.GetName(), r, func(may right, have *catalog.Resource) (*catalogv1.HeartbeatSpec, error) {
		if have == nil {
			return nil, unknown(r.GetName())
		}
		return nil, may.mayChange(have)
	})
	if err != nil {
		return nil, fmt.Errorf("delete heartbeat: %w", err)
	}
	return &signalv1.DeleteHeartbeatResponse{Position: position}, nil
}

// updated is a specification with what a request changes.
func updated(have *catalogv1.HeartbeatSpec, r *signalv1.UpdateHeartbeatRequest) *catalogv1.HeartbeatSpec {
	spec := proto.CloneOf(have)
	if r.GetInterval() != nil {
		spec.Interval = r.GetInterval()
	}
	if r.Description != nil {
		spec.Description = r.GetDescription()
	}
	if r.Disabled != nil {
		spec.Disabled = r.GetDisabled()
	}
	return spec
}

// change makes a heartbeat as decide says, or deletes it where that returns none. have is
// nil when there is none. It is decided again when the catalog has moved on meanwhile.
func (s *Service) change(
	ctx context.Context, by *signalv1.HeartbeatCaller, name string, request proto.Message,
	decide func(may right, have *catalog.Resource) (*catalogv1.HeartbeatSpec, error),
) (position string, err error) {
	ours, err := s.Ours(ctx)
	if err != nil {
		return "", err
	}
	if !ours {
		return "", rpc.OnlyServices("", "manage heartbeats for senders: apply a Heartbeat instead")
	}
	caller, _ := auth.FromContext(ctx)
	for {
		state, err := s.Resources.Current(ctx)
		if err != nil {
			return "", err
		}
		may, err := rightOf(state, by)
		if err != nil {
			return "", err
		}
		have, ok := state.Get(heartbeat.Kind, name)
		if !ok || have.Name != name {
			have = nil
		}
		spec, err := decide(may, have)
		if err != nil {
			return "", err
		}
		own := resource.Own{By: caller, Actor: may.actor, Request: request, Etag: state.Etag()}
		if spec == nil {
			own.Remove = []string{heartbeat.Kind + "/" + name}
		} else {
			own.Desired = []*catalog.Resource{{Kind: heartbeat.Kind, Name: name, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Heartbeat{Heartbeat: spec}}}}
		}
		_, position, err = s.Resources.Write(ctx, own)
		if refused, ok := errors.AsType[*rpc.Refusal](err); !ok || refused.Code != codes.Aborted {
			return position, err
		}
	}
}

func unknown(name string) error {
	return &rpc.Refusal{
		Code: codes.NotFound, Reason: "no_such_heartbeat", Field: "name",
		Message: fmt.Sprintf("there is no heartbeat %s: create it, or correct the name", name),
	}
}
