package resource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// The instants at which an apply may be interrupted.
var (
	pointBeforeStage  = failpoint.New("apply.before_stage")
	pointBeforeCommit = failpoint.New("apply.before_commit")
	pointAfterCommit  = failpoint.New("apply.after_commit")
)

// Options are what the service works with; all are required.
type Options struct {
	Log     eventlog.Log
	Catalog *catalog.Follower
	Now     func() time.Time
	Random  io.Reader
	Logger  *slog.Logger
}

// Service implements catalogv1.CatalogServiceServer.
type Service struct {
	catalogv1.UnimplementedCatalogServiceServer

	Options
	validator protovalidate.Validator
	past      *catalog.Past
}

// New returns the service.
func New(o Options) (*Service, error) {
	v, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("compile validation rules: %w", err)
	}
	return &Service{Options: o, validator: v, past: &catalog.Past{Log: o.Log}}, nil
}

// change is what somebody wants of the catalog.
type change struct {
	desired   []*catalog.Resource
	managedBy string
	prune     bool
	remove    []string // "kind/name"
	etag      string
	seen      map[string]uint64 // revisions that resources have to have, by "kind/name"
	dryRun    bool
	by        auth.Principal
	actor     string // to whom it is attributed; "" to by
	requestID string
	body      []byte
}

// outcome is what became of it.
type outcome struct {
	changes  []catalog.Change
	state    *catalog.State
	position string
}

// apply plans and appends, again while others are quicker.
func (s *Service) apply(ctx context.Context, c change) (outcome, error) {
	for {
		state, err := s.current(ctx)
		if err != nil {
			return outcome{}, err
		}
		if sequence, same, found := state.Replayed(c.by.ID, c.requestID, c.body); found && c.requestID != "" {
			return s.replay(ctx, state, sequence, same)
		}
		if c.etag != "" && c.etag != state.Etag() {
			return outcome{}, &rpc.Refusal{
				Code: codes.Aborted, Reason: "stale_etag", Field: "etag",
				Message: "the catalog has changed since you looked at it: look at the difference again",
			}
		}
		if c.moved(state) {
			return outcome{}, &rpc.Refusal{
				Code: codes.Aborted, Reason: "stale_etag", Field: "etag", Message: "it has changed since you looked at it: look at it again",
			}
		}
		changes, err := catalog.Plan(state, c.desired, s.planOptions(c))
		if err != nil || len(changes) == 0 || c.dryRun {
			return outcome{changes: changes, state: state}, err
		}
		if state.Frozen() {
			return outcome{}, &rpc.Refusal{
				Code: codes.FailedPrecondition, Reason: "newer_version",
				Message: "a later version has written to the catalog: upgrade this server, or send the change to an upgraded one",
			}
		}
		done, err := s.append(ctx, state, changes, c)
		if !errors.Is(err, eventlog.ErrConflict) {
			return done, err
		}
	}
}

// moved tells whether a resource is not as the caller saw it.
func (c *change) moved(state *catalog.State) bool {
	for key, revision := range c.seen {
		kind, name, _ := strings.Cut(key, "/")
		if r, ok := state.Get(kind, name); !ok || r.Revision != revision {
			return true
		}
	}
	return false
}

// current is the catalog as the log's leader has it now.
func (s *Service) current(ctx context.Context) (*catalog.State, error) {
	last, err := s.Log.LastSequence(ctx, eventlog.FilterCatalog)
	if err != nil {
		return nil, fmt.Errorf("look up the catalog's last entry: %w", err)
	}
	return s.Catalog.Wait(ctx, last)
}

func (s *Service) planOptions(c change) catalog.PlanOptions {
	return catalog.PlanOptions{
		ManagedBy: c.managedBy, Role: c.by.Role, Prune: c.prune, Delete: c.remove,
		NewID: s.newID, Validator: s.validator,
	}
}

func (s *Service) append(ctx context.Context, state *catalog.State, changes []catalog.Change, c change) (outcome, error) {
	batches, err := catalog.Batches(state, changes, s.author(ctx, c))
	if err != nil {
		return outcome{}, err
	}
	if err := pointBeforeStage.Hit(ctx); err != nil {
		return outcome{}, err
	}
	var at eventlog.Position
	for i, batch := range batches {
		if i == len(batches)-1 {
			if err := pointBeforeCommit.Hit(ctx); err != nil {
				return outcome{}, err
			}
		}
		positions, err := s.Log.AppendBatch(ctx, batch)
		if err != nil {
			return outcome{}, err
		}
		at = positions[len(positions)-1]
	}
	if err := pointAfterCommit.Hit(ctx); err != nil {
		return outcome{}, err
	}
	after, err := s.Catalog.Wait(ctx, at.Sequence)
	return outcome{changes: changes, state: after, position: at.String()}, err
}

func (s *Service) author(ctx context.Context, c change) catalog.Author {
	return catalog.Author{
		Actor: cmp.Or(c.actor, c.by.ID), Principal: c.by.ID, Now: s.Now(), Random: s.Random,
		Request:    chain.Request{ID: c.requestID, Body: c.body, TraceParent: telemetry.TraceParent(ctx)},
		NewEventID: s.newEventID, NewID: s.newID,
	}
}

// replay answers a repeated request: everything is so already.
func (s *Service) replay(ctx context.Context, state *catalog.State, sequence uint64, same chain.Sameness) (outcome, error) {
	if same == chain.SameNo {
		return outcome{}, &rpc.Refusal{
			Code: codes.AlreadyExists, Reason: "request_id_reused", Field: "request_id",
			Message: "this request id was used for something else: use a new one for a new act",
		}
	}
	m, err := s.Log.At(ctx, sequence)
	if err != nil {
		return outcome{}, fmt.Errorf("look up the first result: %w", err)
	}
	at, err := m.Position()
	return outcome{state: state, position: at.String()}, err
}

func (s *Service) newID() (string, error) { return catalog.NewID(s.Random) }

func (s *Service) newEventID() (string, error) {
	id, err := uuid.NewV7FromReader(s.Random)
	if err != nil {
		return "", fmt.Errorf("make event id: %w", err)
	}
	return id.String(), nil
}

// caller returns the principal that the guard let in.
func caller(ctx context.Context) (auth.Principal, error) {
	p, ok := auth.FromContext(ctx)
	if !ok {
		return auth.Principal{}, auth.ErrNoCredentials
	}
	return p, nil
}

// system is who makes the first tokens.
func system() auth.Principal {
	return auth.Principal{ID: "system", Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN}
}
