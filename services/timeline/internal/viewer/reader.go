package viewer

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// Incidents is the projection of incidents, which decides what a caller may see.
type Incidents interface {
	// Wait returns when the read model holds a position.
	Wait(ctx context.Context, p eventlog.Position) error
}

// View is one that stands beside the incidents.
type View interface {
	// Wait returns when the view holds all that was in the log when it was called.
	Wait(ctx context.Context) error
}

// Reader reads as somebody. Its fields are set once, before the first read.
type Reader struct {
	// Store holds the incidents, which Incidents keeps up to date.
	Store     *store.Store
	Incidents Incidents
	// Views are what is read beside them.
	Views []View
	// Known are the errors of the views, with what is answered.
	Known []Known
}

// Read waits for a position token and runs fn on what the caller may see. Errors are
// refusals where they are known.
func (r *Reader) Read(ctx context.Context, op, token string, fn func(*store.Snapshot) error) error {
	caller, ok := auth.FromContext(ctx)
	if !ok {
		return auth.ErrNoCredentials
	}
	if err := r.await(ctx, token); err != nil {
		return r.Refuse(err)
	}
	viewer := store.Viewer{Person: incident.PersonID(caller.ID), Everything: caller.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN)}
	return r.Refuse(r.Store.Read(ctx, op, viewer, fn))
}

// await returns when all views hold the write that a token names.
func (r *Reader) await(ctx context.Context, token string) error {
	p, err := eventlog.ParsePosition(token)
	if err != nil {
		return rpc.InvalidField("position", "invalid_position", "this is not a position token: use one from an earlier answer")
	}
	if p.IsStart() {
		return nil
	}
	if err := r.Incidents.Wait(ctx, p); err != nil {
		return err
	}
	for _, v := range r.Views {
		if err := v.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}
