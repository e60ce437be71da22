package auth

import (
	"context"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// Principal is an authenticated caller.
type Principal struct {
	// ID is the opaque id that acts are attributed to: the person's, or the
	// token's own for a machine. With the incident it is the scope of request ids.
	ID string
	// Person is the opaque id of the person behind the token; empty for a machine.
	Person string
	// PersonName is the person's catalog name; empty for a machine.
	PersonName string
	// Role is what the caller may do: the lesser of the token's and the person's.
	Role authv1.AccountRole
	// Token is the catalog name of the token.
	Token string
	// Impersonate is true for our own services, which act for the people who are
	// signed in with them.
	Impersonate bool
}

// Has tells whether the principal has the role or one that includes it. Nobody
// has the unspecified role.
func (p Principal) Has(role authv1.AccountRole) bool {
	return role > authv1.AccountRole_ACCOUNT_ROLE_UNSPECIFIED && p.Role >= role
}

type principalKey struct{}

// NewContext returns ctx with the principal.
func NewContext(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// FromContext returns the principal that [Guard] put into the context; false when
// the RPC is public or no guard was there.
func FromContext(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}
