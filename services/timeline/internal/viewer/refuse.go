package viewer

import (
	"context"
	"errors"
	"slices"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// Known is an error and what is answered to it.
type Known struct {
	// Err is what errors.Is finds.
	Err error
	// Code, Reason and Message are the refusal.
	Code            codes.Code
	Reason, Message string
}

// always are the errors that every view may meet.
func always() []Known {
	return []Known{
		{store.ErrNotFound, codes.NotFound, "no_such_incident", "there is no such incident: check its number"},
		{page.ErrInvalid, codes.InvalidArgument, "invalid_page_token", page.ErrInvalid.Error()},
		{context.DeadlineExceeded, codes.DeadlineExceeded, "not_projected_yet", "the view does not hold this write yet: it is stored; read again with more time"},
		{store.ErrPreparing, codes.Unavailable, "model_preparing", "the read model is being prepared, which takes moments after a start: try again; alerts and changes are still accepted"},
		{postgres.ErrUnavailable, codes.Unavailable, "database_unavailable", "the database cannot be reached, so nothing can be read: try again; alerts and changes are still accepted"},
		{postgres.ErrSchemaGone, codes.Unavailable, "model_replaced", "the read model is being made: try again"},
		{postgres.ErrConflict, codes.Unavailable, "model_busy", "the read model is being changed: try again"},
		{postgres.ErrFull, codes.ResourceExhausted, "database_full", "the disk of the database is full: free space"},
	}
}

// Refuse turns a known error into a refusal; others stay as they are.
func (r *Reader) Refuse(err error) error {
	if _, other := errors.AsType[*eventlog.PositionError](err); other {
		return rpc.InvalidField("position", "position_of_another_log", "this position does not belong to the log as it is: begin again without one")
	}
	for _, known := range slices.Concat(r.Known, always()) {
		if errors.Is(err, known.Err) {
			return &rpc.Refusal{Code: known.Code, Reason: known.Reason, Message: known.Message}
		}
	}
	return err
}
