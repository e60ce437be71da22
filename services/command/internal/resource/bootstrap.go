package resource

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// First is a token that has to exist before anybody can make one.
type First struct {
	// Name of the token; Person, when not empty, of the person it acts for, who is
	// made with the name for people DisplayName unless there is one already.
	Name, Person, DisplayName string
	// Role is what it may do.
	Role authv1.AccountRole
	// Hash is that of its secret, which whoever starts the process keeps.
	Hash auth.Hash
	// Impersonate is true for our own services.
	Impersonate bool
}

// Bootstrap makes the tokens that are missing and gives those whose secret
// changed the new one, all together. It waits until the catalog has them.
func (s *Service) Bootstrap(ctx context.Context, tokens []First) error {
	for _, one := range tokens {
		if err := s.first(ctx, one); err != nil {
			return fmt.Errorf("make token %s: %w", one.Name, err)
		}
	}
	return nil
}

func (s *Service) first(ctx context.Context, one First) error {
	state, err := s.current(ctx)
	if err != nil {
		return err
	}
	have, exists := state.Get("token", one.Name)
	if exists && have.TokenHash == one.Hash {
		return nil
	}
	c := change{managedBy: catalog.ManagedBySystem, by: system()}
	if exists {
		// A secret cannot be changed, only replaced with its token.
		if _, err := s.apply(ctx, change{managedBy: c.managedBy, by: c.by, remove: []string{have.Key()}}); err != nil {
			return err
		}
	}
	if _, known := state.Get("person", one.Person); one.Person != "" && !known {
		person := &catalogv1.PersonSpec{DisplayName: one.DisplayName, Role: one.Role}
		c.desired = append(c.desired, &catalog.Resource{
			Kind: "person", Name: one.Person, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Person{Person: person}},
		})
	}
	spec := &catalogv1.TokenSpec{Person: one.Person, Role: one.Role, Impersonate: one.Impersonate, Description: "made at the first start"}
	c.desired = append(c.desired, tokenResource(one.Name, spec, one.Hash))
	_, err = s.apply(ctx, c)
	return err
}
