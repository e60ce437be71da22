package resource

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// CreateToken implements catalogv1.CatalogServiceServer. The secret is in the
// answer and nowhere else; when the answer is lost the token has to be deleted.
func (s *Service) CreateToken(ctx context.Context, r *catalogv1.CreateTokenRequest) (*catalogv1.CreateTokenResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if expires := r.GetSpec().GetExpireTime(); expires != nil && !expires.AsTime().After(s.Now()) {
		return nil, rpc.InvalidField("spec.expire_time", "in_the_past", "the token would have expired already: give a time to come")
	}
	secret, err := auth.NewToken(s.Random)
	if err != nil {
		return nil, err
	}
	state, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	if _, exists := state.Get("token", r.GetName()); exists {
		return nil, tokenExists(r.GetName())
	}
	done, err := s.apply(ctx, change{
		managedBy: catalog.ManagedByProduct, by: by, etag: state.Etag(),
		desired: []*catalog.Resource{tokenResource(r.GetName(), r.GetSpec(), secret.Hash())},
	})
	if err != nil {
		return nil, err
	}
	made, ok := done.state.Get("token", r.GetName())
	if !ok || made.TokenHash != secret.Hash() {
		return nil, tokenExists(r.GetName())
	}
	return &catalogv1.CreateTokenResponse{Token: secret.Reveal(), Resource: made.Proto()}, nil
}

func tokenResource(name string, spec *catalogv1.TokenSpec, hash auth.Hash) *catalog.Resource {
	return &catalog.Resource{
		Kind: "token", Name: name, TokenHash: hash,
		Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Token{Token: spec}},
	}
}

func tokenExists(name string) error {
	return &rpc.Refusal{
		Code: codes.AlreadyExists, Reason: "token_exists", Field: "name",
		Message: fmt.Sprintf("there is a token %q already: choose another name, or delete that one", name),
	}
}
