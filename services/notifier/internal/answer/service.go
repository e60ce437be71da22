package answer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/checks"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/seal"
	"github.com/bridgelog/bridgelog/services/notifier/internal/view"
)

// Service implements notify.v1.NotifyService.
type Service struct {
	notifyv1.UnimplementedNotifyServiceServer

	Log     eventlog.Reader
	Catalog *catalog.Follower
	Ledger  *ledger.Ledger
	View    *view.Store
	Caller  *call.Caller
	Writer  event.Writer
	// Checks measures services; nil when that is not possible here.
	Checks *checks.Desk
	// Wake tells the lanes of receivers that there is something new, and wakes those
	// that sleep.
	Wake func(ctx context.Context, receivers, asleep []string) error
	// Problem says why nothing is created at the moment, or nil.
	Problem func(ctx context.Context) error
	// Resumed lets the actor look again after its position was set.
	Resumed func()
	// Key seals stored secrets; an error when there is none.
	Key func() (*seal.Key, error)
	Now func() time.Time
	// Logger gets what is ours to know.
	Logger *slog.Logger
}

var _ notifyv1.NotifyServiceServer = (*Service)(nil)

// refuse gives errors of the database and of the ledger the status that callers
// get.
func refuse(err error) error {
	var carried *rpc.Refusal
	switch {
	case err == nil || errors.As(err, &carried):
		return err
	case errors.Is(err, ledger.ErrNotFound):
		return &rpc.Refusal{Code: codes.NotFound, Reason: "no_such_delivery", Field: "delivery", Message: "there is no such delivery: see bridgelog deliveries list"}
	case errors.Is(err, postgres.ErrUnavailable):
		return &rpc.Refusal{Code: codes.Unavailable, Reason: "database_unavailable", Message: "the notifier's database cannot be reached: try again; nothing is lost meanwhile"}
	case errors.Is(err, seal.ErrKey), errors.Is(err, seal.ErrSealed):
		return &rpc.Refusal{Code: codes.FailedPrecondition, Reason: "no_key", Message: err.Error() + ": name a secret by env:NAME or file:PATH instead"}
	}
	return err
}

// webhook finds a webhook by name or id.
func (s *Service) webhook(nameOrID string) (*catalog.Resource, error) {
	state := s.Catalog.State()
	if r, ok := state.Get("webhook", nameOrID); ok {
		return r, nil
	}
	var known []string
	for _, r := range state.List("webhook") {
		known = append(known, r.Name)
	}
	message := "there is no webhook " + nameOrID + ": see bridgelog webhook list"
	if near := catalog.Nearest(nameOrID, known); len(near) > 0 {
		message = "there is no webhook " + nameOrID + ": did you mean " + near[0] + "?"
	}
	return nil, &rpc.Refusal{Code: codes.NotFound, Reason: "no_such_webhook", Field: "webhook", Message: message}
}

// name returns the name of a webhook's id; the id when it is gone.
func (s *Service) name(id string) string {
	if r, ok := s.Catalog.State().ByID(id); ok {
		return r.Name
	}
	return id
}
