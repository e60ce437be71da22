package write

import (
	"context"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// AcknowledgeIncident implements incidentv1.CommandServiceServer.
func (s *Service) AcknowledgeIncident(ctx context.Context, r *incidentv1.AcknowledgeIncidentRequest) (*incidentv1.AcknowledgeIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AcknowledgeIncidentResponse{Result: result}, err
}

// ChangeSeverity implements incidentv1.CommandServiceServer.
func (s *Service) ChangeSeverity(ctx context.Context, r *incidentv1.ChangeSeverityRequest) (*incidentv1.ChangeSeverityResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ChangeSeverityResponse{Result: result}, err
}

// ChangeStatus implements incidentv1.CommandServiceServer.
func (s *Service) ChangeStatus(ctx context.Context, r *incidentv1.ChangeStatusRequest) (*incidentv1.ChangeStatusResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ChangeStatusResponse{Result: result}, err
}

// MitigateIncident implements incidentv1.CommandServiceServer.
func (s *Service) MitigateIncident(ctx context.Context, r *incidentv1.MitigateIncidentRequest) (*incidentv1.MitigateIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.MitigateIncidentResponse{Result: result}, err
}

// ResolveIncident implements incidentv1.CommandServiceServer.
func (s *Service) ResolveIncident(ctx context.Context, r *incidentv1.ResolveIncidentRequest) (*incidentv1.ResolveIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ResolveIncidentResponse{Result: result}, err
}

// ReopenIncident implements incidentv1.CommandServiceServer.
func (s *Service) ReopenIncident(ctx context.Context, r *incidentv1.ReopenIncidentRequest) (*incidentv1.ReopenIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ReopenIncidentResponse{Result: result}, err
}

// CloseIncident implements incidentv1.CommandServiceServer.
func (s *Service) CloseIncident(ctx context.Context, r *incidentv1.CloseIncidentRequest) (*incidentv1.CloseIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.CloseIncidentResponse{Result: result}, err
}

// CancelIncident implements incidentv1.CommandServiceServer.
func (s *Service) CancelIncident(ctx context.Context, r *incidentv1.CancelIncidentRequest) (*incidentv1.CancelIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.CancelIncidentResponse{Result: result}, err
}

// MergeIncident implements incidentv1.CommandServiceServer.
func (s *Service) MergeIncident(ctx context.Context, r *incidentv1.MergeIncidentRequest) (*incidentv1.MergeIncidentResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.MergeIncidentResponse{Result: result}, err
}

// AssignRole implements incidentv1.CommandServiceServer.
func (s *Service) AssignRole(ctx context.Context, r *incidentv1.AssignRoleRequest) (*incidentv1.AssignRoleResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AssignRoleResponse{Result: result}, err
}

// HandOverRole implements incidentv1.CommandServiceServer.
func (s *Service) HandOverRole(ctx context.Context, r *incidentv1.HandOverRoleRequest) (*incidentv1.HandOverRoleResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.HandOverRoleResponse{Result: result}, err
}

// ReleaseRole implements incidentv1.CommandServiceServer.
func (s *Service) ReleaseRole(ctx context.Context, r *incidentv1.ReleaseRoleRequest) (*incidentv1.ReleaseRoleResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.ReleaseRoleResponse{Result: result}, err
}

// PostUpdate implements incidentv1.CommandServiceServer.
func (s *Service) PostUpdate(ctx context.Context, r *incidentv1.PostUpdateRequest) (*incidentv1.PostUpdateResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.PostUpdateResponse{Result: result}, err
}

// AddNote implements incidentv1.CommandServiceServer.
func (s *Service) AddNote(ctx context.Context, r *incidentv1.AddNoteRequest) (*incidentv1.AddNoteResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.AddNoteResponse{Result: result}, err
}

// SetImpact implements incidentv1.CommandServiceServer.
func (s *Service) SetImpact(ctx context.Context, r *incidentv1.SetImpactRequest) (*incidentv1.SetImpactResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.SetImpactResponse{Result: result}, err
}

// PublishUpdate implements incidentv1.CommandServiceServer.
func (s *Service) PublishUpdate(ctx context.Context, r *incidentv1.PublishUpdateRequest) (*incidentv1.PublishUpdateResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.PublishUpdateResponse{Result: result}, err
}

// RetractUpdate implements incidentv1.CommandServiceServer.
func (s *Service) RetractUpdate(ctx context.Context, r *incidentv1.RetractUpdateRequest) (*incidentv1.RetractUpdateResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.RetractUpdateResponse{Result: result}, err
}

// EditEntry implements incidentv1.CommandServiceServer.
func (s *Service) EditEntry(ctx context.Context, r *incidentv1.EditEntryRequest) (*incidentv1.EditEntryResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.EditEntryResponse{Result: result}, err
}

// PinEntry implements incidentv1.CommandServiceServer.
func (s *Service) PinEntry(ctx context.Context, r *incidentv1.PinEntryRequest) (*incidentv1.PinEntryResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.PinEntryResponse{Result: result}, err
}

// HideEntry implements incidentv1.CommandServiceServer.
func (s *Service) HideEntry(ctx context.Context, r *incidentv1.HideEntryRequest) (*incidentv1.HideEntryResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.HideEntryResponse{Result: result}, err
}

// RedactEntry implements incidentv1.CommandServiceServer.
func (s *Service) RedactEntry(ctx context.Context, r *incidentv1.RedactEntryRequest) (*incidentv1.RedactEntryResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.RedactEntryResponse{Result: result}, err
}

// LinkAlert implements incidentv1.CommandServiceServer.
func (s *Service) LinkAlert(ctx context.Context, r *incidentv1.LinkAlertRequest) (*incidentv1.LinkAlertResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.LinkAlertResponse{Result: result}, err
}
