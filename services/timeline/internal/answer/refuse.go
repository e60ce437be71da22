package answer

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// refuse turns errors of the packages behind into refusals; others stay as they
// are.
func refuse(err error) error {
	for _, known := range []struct {
		err             error
		code            codes.Code
		reason, message string
	}{
		{store.ErrNotFound, codes.NotFound, "no_such_incident", "there is no such incident: check its number"},
		{view.ErrNotYet, codes.NotFound, "not_yet", "there was nothing of this incident at that time: ask for a later one"},
		{page.ErrInvalid, codes.InvalidArgument, "invalid_page_token", page.ErrInvalid.Error()},
		{rebuild.ErrRunning, codes.FailedPrecondition, "rebuild_running", rebuild.ErrRunning.Error()},
		{store.ErrPreparing, codes.Unavailable, "model_preparing", "the read model is being prepared, which takes moments after a start: try again; incidents can still be declared and worked"},
		{store.ErrOutdated, codes.Unavailable, "model_outdated", "another version of this program made the read model, and it is being rebuilt: try again when that is done"},
		{postgres.ErrUnavailable, codes.Unavailable, "database_unavailable", "the database cannot be reached, so nothing can be read: try again; incidents can still be declared and worked"},
		{postgres.ErrSchemaGone, codes.Unavailable, "model_replaced", "the read model was replaced meanwhile: try again"},
		{postgres.ErrConflict, codes.Unavailable, "model_busy", "the read model is being changed: try again"},
		{postgres.ErrFull, codes.ResourceExhausted, "database_full", "the disk of the database is full: free space"},
	} {
		if errors.Is(err, known.err) {
			return &rpc.Refusal{Code: known.code, Reason: known.reason, Message: known.message}
		}
	}
	return err
}

// errStopping ends streams when the service stops.
func errStopping() error {
	return &rpc.Refusal{Code: codes.Unavailable, Reason: "stopping", Message: "the server stops: connect again and go on from the last position"}
}

// position reads a position token of a request.
func position(token string) (eventlog.Position, error) {
	p, err := eventlog.ParsePosition(token)
	if err != nil {
		return p, rpc.InvalidField("position", "invalid_position", "this is not a position token: use one from an earlier answer")
	}
	return p, nil
}

// otherLog refuses a position that does not belong to the log.
func otherLog(err error) error {
	if _, ok := errors.AsType[*eventlog.PositionError](err); ok {
		return rpc.InvalidField("position", "position_of_another_log", "this position does not belong to the log as it is: begin again without one")
	}
	return err
}

// await returns when the read model holds the write that a token names.
func (s *Service) await(ctx context.Context, token string) error {
	p, err := position(token)
	if err != nil || p.IsStart() {
		return err
	}
	if err := s.Projected.Wait(ctx, p); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return &rpc.Refusal{
				Code: codes.DeadlineExceeded, Reason: "not_projected_yet",
				Message: "the view does not hold this write yet: it is stored; read again with more time",
			}
		}
		return otherLog(err)
	}
	return nil
}
