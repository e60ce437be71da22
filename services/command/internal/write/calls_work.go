package write

import (
	"context"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// AddTask implements incidentv1.CommandServiceServer.
func (s *Service) AddTask(ctx context.Context, r *incidentv1.AddTaskRequest) (*incidentv1.AddTaskResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AddTaskResponse{Result: result}, err
}

// AssignTask implements incidentv1.CommandServiceServer.
func (s *Service) AssignTask(ctx context.Context, r *incidentv1.AssignTaskRequest) (*incidentv1.AssignTaskResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AssignTaskResponse{Result: result}, err
}

// EndTask implements incidentv1.CommandServiceServer.
func (s *Service) EndTask(ctx context.Context, r *incidentv1.EndTaskRequest) (*incidentv1.EndTaskResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.EndTaskResponse{Result: result}, err
}

// AddFollowUp implements incidentv1.CommandServiceServer.
func (s *Service) AddFollowUp(ctx context.Context, r *incidentv1.AddFollowUpRequest) (*incidentv1.AddFollowUpResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AddFollowUpResponse{Result: result}, err
}

// ReviseFollowUp implements incidentv1.CommandServiceServer.
func (s *Service) ReviseFollowUp(ctx context.Context, r *incidentv1.ReviseFollowUpRequest) (*incidentv1.ReviseFollowUpResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ReviseFollowUpResponse{Result: result}, err
}

// EndFollowUp implements incidentv1.CommandServiceServer.
func (s *Service) EndFollowUp(ctx context.Context, r *incidentv1.EndFollowUpRequest) (*incidentv1.EndFollowUpResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.EndFollowUpResponse{Result: result}, err
}

// StartChecklist implements incidentv1.CommandServiceServer.
func (s *Service) StartChecklist(ctx context.Context, r *incidentv1.StartChecklistRequest) (*incidentv1.StartChecklistResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.StartChecklistResponse{Result: result}, err
}

// TickChecklistItem implements incidentv1.CommandServiceServer.
func (s *Service) TickChecklistItem(ctx context.Context, r *incidentv1.TickChecklistItemRequest) (*incidentv1.TickChecklistItemResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.TickChecklistItemResponse{Result: result}, err
}

// ConfirmStability implements incidentv1.CommandServiceServer.
func (s *Service) ConfirmStability(ctx context.Context, r *incidentv1.ConfirmStabilityRequest) (*incidentv1.ConfirmStabilityResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ConfirmStabilityResponse{Result: result}, err
}

// AddDebrief implements incidentv1.CommandServiceServer.
func (s *Service) AddDebrief(ctx context.Context, r *incidentv1.AddDebriefRequest) (*incidentv1.AddDebriefResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AddDebriefResponse{Result: result}, err
}

// AssignPostmortem implements incidentv1.CommandServiceServer.
func (s *Service) AssignPostmortem(ctx context.Context, r *incidentv1.AssignPostmortemRequest) (*incidentv1.AssignPostmortemResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AssignPostmortemResponse{Result: result}, err
}

// ChangePostmortemState implements incidentv1.CommandServiceServer.
func (s *Service) ChangePostmortemState(ctx context.Context, r *incidentv1.ChangePostmortemStateRequest) (*incidentv1.ChangePostmortemStateResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ChangePostmortemStateResponse{Result: result}, err
}

// ChangeVisibility implements incidentv1.CommandServiceServer.
func (s *Service) ChangeVisibility(ctx context.Context, r *incidentv1.ChangeVisibilityRequest) (*incidentv1.ChangeVisibilityResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ChangeVisibilityResponse{Result: result}, err
}

// AddMember implements incidentv1.CommandServiceServer.
func (s *Service) AddMember(ctx context.Context, r *incidentv1.AddMemberRequest) (*incidentv1.AddMemberResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AddMemberResponse{Result: result}, err
}

// RemoveMember implements incidentv1.CommandServiceServer.
func (s *Service) RemoveMember(ctx context.Context, r *incidentv1.RemoveMemberRequest) (*incidentv1.RemoveMemberResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.RemoveMemberResponse{Result: result}, err
}
