package resource

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// Own is a change of resources that the product manages, which another call of the
// product makes for somebody: files do not prune what it makes.
type Own struct {
	// By is the authenticated caller, the scope of request ids; Actor the opaque id to
	// whom the change is attributed.
	By    auth.Principal
	Actor string
	// Desired are the resources as they should be, Remove those that should not be, as
	// "kind/name".
	Desired []*catalog.Resource
	Remove  []string
	// Seen are the revisions that resources still have to have, by "kind/name"; otherwise
	// the change is refused as Aborted.
	Seen map[string]uint64
	// Request is the call, RequestID its idempotency key; empty for none.
	Request   proto.Message
	RequestID string
	// Etag is that of the catalog for which the change was worked out; where it has moved on
	// the change is refused, Aborted. Empty: the change holds for any.
	Etag string
}

// Current is the catalog as the log's leader has it now.
func (s *Service) Current(ctx context.Context) (*catalog.State, error) { return s.current(ctx) }

// Repeats tells whether a call was made before, so that [Service.Write] writes nothing
// and answers as it did then, or refuses.
func (s *Service) Repeats(state *catalog.State, o Own) (bool, error) {
	body, err := repeatable(o.Request)
	if err != nil || o.RequestID == "" {
		return false, err
	}
	_, _, found := state.Replayed(o.By.ID, o.RequestID, body)
	return found, nil
}

// Write makes the change, and returns the catalog afterwards and the position token of
// the commit.
func (s *Service) Write(ctx context.Context, o Own) (*catalog.State, string, error) {
	c := change{managedBy: catalog.ManagedByProduct, by: o.By, actor: o.Actor, desired: o.Desired, remove: o.Remove, etag: o.Etag, seen: o.Seen}
	if err := s.identify(&c, o.RequestID, o.Request); err != nil {
		return nil, "", err
	}
	done, err := s.apply(ctx, c)
	return done.state, done.position, err
}
