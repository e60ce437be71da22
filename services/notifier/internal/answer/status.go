package answer

import (
	"context"

	"google.golang.org/protobuf/types/known/durationpb"

	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

// ListEventTypes implements the RPC.
func (s *Service) ListEventTypes(context.Context, *notifyv1.ListEventTypesRequest) (*notifyv1.ListEventTypesResponse, error) {
	types, err := event.Types()
	if err != nil {
		return nil, err
	}
	answer := &notifyv1.ListEventTypesResponse{}
	for _, t := range types {
		answer.EventTypes = append(answer.EventTypes, &notifyv1.EventType{Name: t.Name, Description: t.Description, Schema: string(t.Schema)})
	}
	return answer, nil
}

// GetNotifierStatus implements the RPC.
func (s *Service) GetNotifierStatus(ctx context.Context, _ *notifyv1.GetNotifierStatusRequest) (*notifyv1.GetNotifierStatusResponse, error) {
	status, err := s.Ledger.Status(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	oldest, err := s.Ledger.OldestPending(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	answer := &notifyv1.GetNotifierStatusResponse{
		ActedThrough: status.Position, Pending: status.Pending, Held: status.Held, OldestPending: durationpb.New(oldest),
		UncertainSince: stamp(status.UncertainSince),
	}
	if head, err := s.Log.Head(ctx); err == nil && head.Sequence > status.Sequence {
		answer.Behind = head.Sequence - status.Sequence
	}
	if err := s.Problem(ctx); err != nil {
		answer.Problem = err.Error()
	}
	return answer, nil
}

// ResumeNotifier implements the RPC.
func (s *Service) ResumeNotifier(ctx context.Context, _ *notifyv1.ResumeNotifierRequest) (*notifyv1.ResumeNotifierResponse, error) {
	head, err := s.Log.Head(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.Ledger.Resume(ctx, head)
	if err != nil {
		return nil, refuse(err)
	}
	s.Logger.WarnContext(ctx, "the notifier acts from the end of the log again, because a person said so", "position", head.String(), "held", held)
	s.Resumed()
	return &notifyv1.ResumeNotifierResponse{ActedThrough: head.String(), Held: held}, nil
}

// RebuildNotifier implements the RPC.
func (s *Service) RebuildNotifier(ctx context.Context, _ *notifyv1.RebuildNotifierRequest) (*notifyv1.RebuildNotifierResponse, error) {
	ids, err := s.Ledger.ToldIncidents(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	rebuilt, err := s.View.Rebuild(ctx, s.Log, ids)
	if err != nil {
		return nil, refuse(err)
	}
	return &notifyv1.RebuildNotifierResponse{Incidents: rebuilt.Incidents, Differences: rebuilt.Differences}, nil
}
