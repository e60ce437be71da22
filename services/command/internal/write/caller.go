package write

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// caller is who gives a command, and for whom.
type caller struct {
	// actor is the person or machine to whom the act is attributed.
	actor incident.PersonID
	// principal is who was authenticated; the scope of request ids.
	principal incident.PersonID
	// authority is what may be done: for our own services that of the person for
	// whom they act.
	authority incident.Authority
	// machine is true when no person stands behind the principal.
	machine bool
	// watched is true when the principal itself must be able to see the incident,
	// since acting for somebody must not show more.
	watched bool
}

// callerOf says who calls, acting for a person when that is given.
func (s *Service) callerOf(ctx context.Context, state *catalog.State, onBehalfOf string) (caller, error) {
	p, ok := auth.FromContext(ctx)
	if !ok {
		return caller{}, auth.ErrNoCredentials
	}
	c := caller{
		actor: incident.PersonID(p.ID), principal: incident.PersonID(p.ID),
		authority: authorityOf(p.Role), machine: p.Person == "",
	}
	if isMe(onBehalfOf) || onBehalfOf == p.ID {
		return c, nil
	}
	if !p.Impersonate && !p.Has(authv1.AccountRole_ACCOUNT_ROLE_MANAGER) {
		return caller{}, &rpc.Refusal{
			Code: codes.PermissionDenied, Reason: "may_not_impersonate", Field: "on_behalf_of",
			Message: "only managers may act for somebody else: leave it out, or ask a manager",
		}
	}
	person, ok := state.Person(onBehalfOf)
	if !ok {
		return caller{}, unknownPerson("on_behalf_of", onBehalfOf, state)
	}
	c.actor = incident.PersonID(person.ID)
	if p.Impersonate {
		// The service vouches for the person, who brings nothing but their own rights.
		c.authority = min(c.authority, authorityOf(person.Spec.GetPerson().GetRole()))
		c.machine = false
	} else {
		c.watched = true
	}
	return c, nil
}

func isMe(who string) bool { return who == "" || who == "me" }

// authorityOf is the domain's word for a role.
func authorityOf(r authv1.AccountRole) incident.Authority {
	switch r {
	case authv1.AccountRole_ACCOUNT_ROLE_VIEWER:
		return incident.Viewer
	case authv1.AccountRole_ACCOUNT_ROLE_RESPONDER:
		return incident.Responder
	case authv1.AccountRole_ACCOUNT_ROLE_MANAGER:
		return incident.Manager
	case authv1.AccountRole_ACCOUNT_ROLE_ADMIN:
		return incident.Admin
	case authv1.AccountRole_ACCOUNT_ROLE_UNSPECIFIED:
	}
	return incident.Nobody
}

// unknownPerson refuses a name and says which one may have been meant.
func unknownPerson(field, who string, state *catalog.State) error {
	return rpc.InvalidField(field, "unknown_person",
		fmt.Sprintf("there is no person %q%s", who, suggestion(state, "person", who)))
}

// suggestion ends a sentence about an unknown name.
func suggestion(state *catalog.State, kind, name string) string {
	var known []string
	for _, r := range state.List(kind) {
		known = append(known, r.Name)
	}
	if near := catalog.Nearest(name, known); len(near) > 0 {
		return fmt.Sprintf(": did you mean %q?", near[0])
	}
	return fmt.Sprintf(": bridgelog get %s lists the known ones", kind)
}
