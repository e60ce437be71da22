package write

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Caller is who makes a call of another service of this process. The zero Caller is
// nobody.
type Caller struct {
	caller caller
	ours   bool
}

// CallerOf says who calls, acting for a person when that is given. It refuses who
// may not, and people that there are not.
func (s *Service) CallerOf(ctx context.Context, onBehalfOf string) (Caller, error) {
	c, err := s.callerOf(ctx, s.Catalog.State(), onBehalfOf)
	p, _ := auth.FromContext(ctx)
	return Caller{caller: c, ours: p.Impersonate}, err
}

// Actor is the opaque id to whom the act is attributed.
func (c Caller) Actor() string { return string(c.caller.actor) }

// Principal is the opaque id of the authenticated caller.
func (c Caller) Principal() string { return string(c.caller.principal) }

// Ours tells whether one of our own services calls.
func (c Caller) Ours() bool { return c.ours }

// Sees tells whether an incident exists for the caller. One that is not in the log
// exists for nobody.
func (c Caller) Sees(s incident.State) bool { return c.caller.sees(s) }
