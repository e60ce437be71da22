package answer

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// viewer says who reads.
func viewer(ctx context.Context) (store.Viewer, error) {
	p, ok := auth.FromContext(ctx)
	if !ok {
		return store.Viewer{}, auth.ErrNoCredentials
	}
	return store.Viewer{
		Person:     incident.PersonID(p.ID),
		Everything: p.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN),
	}, nil
}

// names are those of today.
func (s *Service) names() wire.Names { return wire.NewNames(s.Catalog.State()) }

// person returns the id of somebody given by name, address, id or "me".
func (s *Service) person(v store.Viewer, who string) (incident.PersonID, error) {
	if who == "" {
		return "", nil
	}
	if who == "me" {
		return v.Person, nil
	}
	state := s.Catalog.State()
	if p, ok := state.Person(who); ok {
		return incident.PersonID(p.ID), nil
	}
	return "", rpc.InvalidField("person", "unknown_person", fmt.Sprintf("there is no person %q%s", who, suggestion(state, who)))
}

// suggestion ends a sentence about an unknown person.
func suggestion(state *catalog.State, who string) string {
	var known []string
	for _, r := range state.List("person") {
		known = append(known, r.Name)
	}
	if near := catalog.Nearest(who, known); len(near) > 0 {
		return fmt.Sprintf(": did you mean %q?", near[0])
	}
	return ": bridgelog get person lists the known ones"
}
