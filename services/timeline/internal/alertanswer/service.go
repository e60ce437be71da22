package alertanswer

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// Waiter is the projection of incidents, which decides what a caller may see.
type Waiter interface {
	// Wait returns when the read model holds a position.
	Wait(ctx context.Context, p eventlog.Position) error
}

// Service implements signal.v1.AlertViewService. Its fields are set once, before
// the first call.
type Service struct {
	signalv1.UnimplementedAlertViewServiceServer

	// View holds the alerts, Store the incidents.
	View  *alertview.View
	Store *store.Store
	// Incidents keeps the incidents up to date.
	Incidents Waiter
}

var _ signalv1.AlertViewServiceServer = (*Service)(nil)

// read waits for a position and runs fn on what the caller may see.
func (s *Service) read(ctx context.Context, op, token string, fn func(*store.Snapshot) error) error {
	caller, ok := auth.FromContext(ctx)
	if !ok {
		return auth.ErrNoCredentials
	}
	if err := s.await(ctx, token); err != nil {
		return refuse(err)
	}
	viewer := store.Viewer{Person: incident.PersonID(caller.ID), Everything: caller.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN)}
	return refuse(s.Store.Read(ctx, op, viewer, fn))
}

// await returns when both views hold the write that a token names.
func (s *Service) await(ctx context.Context, token string) error {
	p, err := eventlog.ParsePosition(token)
	if err != nil {
		return rpc.InvalidField("position", "invalid_position", "this is not a position token: use one from an earlier answer")
	}
	if p.IsStart() {
		return nil
	}
	if err := s.Incidents.Wait(ctx, p); err != nil {
		return err
	}
	return s.View.Wait(ctx)
}

// refuse turns errors of the packages behind into refusals.
func refuse(err error) error {
	if _, other := errors.AsType[*eventlog.PositionError](err); other {
		return rpc.InvalidField("position", "position_of_another_log", "this position does not belong to the log as it is: begin again without one")
	}
	for _, known := range []struct {
		err             error
		code            codes.Code
		reason, message string
	}{
		{alertview.ErrNotFound, codes.NotFound, "no_such_alert", "there is no such alert: bridgelog alerts list shows those that there are"},
		{alertview.ErrAmbiguous, codes.InvalidArgument, "ambiguous_alert", "several alerts begin like that: give more of the id"},
		{store.ErrNotFound, codes.NotFound, "no_such_incident", "there is no such incident: check its number"},
		{page.ErrInvalid, codes.InvalidArgument, "invalid_page_token", page.ErrInvalid.Error()},
		{context.DeadlineExceeded, codes.DeadlineExceeded, "not_projected_yet", "the view does not hold this write yet: it is stored; read again with more time"},
		{store.ErrPreparing, codes.Unavailable, "model_preparing", "the read model is being prepared, which takes moments after a start: try again; alerts are still accepted"},
		{postgres.ErrUnavailable, codes.Unavailable, "database_unavailable", "the database cannot be reached, so nothing can be read: try again; alerts are still accepted"},
		{postgres.ErrSchemaGone, codes.Unavailable, "model_replaced", "the read model is being made: try again"},
		{postgres.ErrConflict, codes.Unavailable, "model_busy", "the read model is being changed: try again"},
		{postgres.ErrFull, codes.ResourceExhausted, "database_full", "the disk of the database is full: free space"},
	} {
		if errors.Is(err, known.err) {
			return &rpc.Refusal{Code: known.code, Reason: known.reason, Message: known.message}
		}
	}
	return err
}
