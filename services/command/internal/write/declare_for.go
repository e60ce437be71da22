package write

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// TakenError: a thing has an incident already, which another request declared.
type TakenError struct {
	// Incident is the one that it has.
	Incident incident.State
	// ID is its id.
	ID incident.ID
}

// Error says so.
func (e *TakenError) Error() string { return "there is an incident for this already" }

// DeclareFor declares the one incident that a thing may have. Its id is derived from
// the thing, so that whoever declares second finds the first: a repetition of asked is
// answered with its first result, anything else is a [TakenError].
func (s *Service) DeclareFor(ctx context.Context, thing string, r *incidentv1.DeclareIncidentRequest, asked proto.Message) (*incidentv1.WriteResult, error) {
	a, err := s.prepareDeclare(ctx, r)
	if err != nil {
		return nil, err
	}
	a.incident = deriveID("declare for", thing)
	if a.body, err = digestible(asked); err != nil {
		return nil, err
	}
	result, err := s.declare(ctx, a)
	if err == nil {
		result.Duplicate = s.candidate(ctx, a, result)
		return result, nil
	}
	if refusal, ok := errors.AsType[*rpc.Refusal](err); ok && refusal.Reason == "request_id_reused" {
		return nil, s.taken(ctx, a, err)
	}
	return nil, err
}

// taken says which incident there is, unless the same request declared it in other
// words.
func (s *Service) taken(ctx context.Context, a act, refusal error) error {
	d, err := s.Store.Open(ctx, a.incident)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, ours := d.Answer(string(a.who.principal), a.requestID); ours {
		return refusal
	}
	return &TakenError{Incident: d.State, ID: a.incident}
}
