package write

import (
	"context"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// AddHypothesis implements incidentv1.CommandServiceServer.
func (s *Service) AddHypothesis(ctx context.Context, r *incidentv1.AddHypothesisRequest) (*incidentv1.AddHypothesisResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AddHypothesisResponse{Result: result}, err
}

// TestHypothesis implements incidentv1.CommandServiceServer.
func (s *Service) TestHypothesis(ctx context.Context, r *incidentv1.TestHypothesisRequest) (*incidentv1.TestHypothesisResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.TestHypothesisResponse{Result: result}, err
}

// ConfirmHypothesis implements incidentv1.CommandServiceServer.
func (s *Service) ConfirmHypothesis(ctx context.Context, r *incidentv1.ConfirmHypothesisRequest) (*incidentv1.ConfirmHypothesisResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ConfirmHypothesisResponse{Result: result}, err
}

// EliminateHypothesis implements incidentv1.CommandServiceServer.
func (s *Service) EliminateHypothesis(ctx context.Context, r *incidentv1.EliminateHypothesisRequest) (*incidentv1.EliminateHypothesisResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.EliminateHypothesisResponse{Result: result}, err
}

// ReopenHypothesis implements incidentv1.CommandServiceServer.
func (s *Service) ReopenHypothesis(ctx context.Context, r *incidentv1.ReopenHypothesisRequest) (*incidentv1.ReopenHypothesisResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ReopenHypothesisResponse{Result: result}, err
}

// Assess implements incidentv1.CommandServiceServer.
func (s *Service) Assess(ctx context.Context, r *incidentv1.AssessRequest) (*incidentv1.AssessResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AssessResponse{Result: result}, err
}

// MakeDecision implements incidentv1.CommandServiceServer.
func (s *Service) MakeDecision(ctx context.Context, r *incidentv1.MakeDecisionRequest) (*incidentv1.MakeDecisionResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.MakeDecisionResponse{Result: result}, err
}

// StartImpact implements incidentv1.CommandServiceServer.
func (s *Service) StartImpact(ctx context.Context, r *incidentv1.StartImpactRequest) (*incidentv1.StartImpactResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.StartImpactResponse{Result: result}, err
}

// EndImpact implements incidentv1.CommandServiceServer.
func (s *Service) EndImpact(ctx context.Context, r *incidentv1.EndImpactRequest) (*incidentv1.EndImpactResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.EndImpactResponse{Result: result}, err
}

// SetBlastRadius implements incidentv1.CommandServiceServer.
func (s *Service) SetBlastRadius(ctx context.Context, r *incidentv1.SetBlastRadiusRequest) (*incidentv1.SetBlastRadiusResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.SetBlastRadiusResponse{Result: result}, err
}

// ChangeCategory implements incidentv1.CommandServiceServer.
func (s *Service) ChangeCategory(ctx context.Context, r *incidentv1.ChangeCategoryRequest) (*incidentv1.ChangeCategoryResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ChangeCategoryResponse{Result: result}, err
}
