package beats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// ErrUnknown: there is no heartbeat of this name.
var ErrUnknown = errors.New("there is no such heartbeat: apply a Heartbeat of this name, or correct it")

// Desk takes pings, and says how heartbeats are.
type Desk struct {
	// Store has the pings, Catalog the heartbeats, Log what the catalog is made of.
	Store   *Store
	Catalog *catalog.Follower
	Log     eventlog.Reader
	// Writer changes the catalog for whoever may; nil: nobody can here.
	Writer signalv1.HeartbeatServiceClient
	// Now is the clock.
	Now func() time.Time
}

// Status is how one heartbeat is.
type Status struct {
	// Name is the heartbeat's name, ID its opaque id.
	Name, ID string
	// Expected is what is expected of it.
	Expected heartbeat.Expected
	// Service and Description are what the catalog says.
	Service, Description string
	// State is how it is.
	State heartbeat.State
	// Last is when it pinged last, Due until when the next ping has to come; zero: it never
	// did, or none is expected.
	Last, Due time.Time
}

// Ping takes a ping of a heartbeat, by whoever has a token. When it returns nil the ping is
// durable. It returns [ErrUnknown], or [ErrUnavailable], or [auth.ErrStale].
func (d Desk) Ping(ctx context.Context, name, by string) error {
	now := d.Now()
	r, err := d.find(ctx, name)
	if err != nil {
		return err
	}
	if err := pointBeforePing.Hit(ctx); err != nil {
		return err
	}
	if err := d.Store.Ping(ctx, r.ID, by, now); err != nil {
		return err
	}
	return pointAfterPing.Hit(ctx)
}

// find finds a heartbeat. Before it says that there is none it reads all that the log has:
// one may have been applied just now.
func (d Desk) find(ctx context.Context, name string) (*catalog.Resource, error) {
	state, err := d.Catalog.Fresh()
	if err != nil {
		return nil, err
	}
	if r, ok := byName(state, name); ok {
		return r, nil
	}
	if state, err = d.latest(ctx); err != nil {
		return nil, err
	}
	if r, ok := byName(state, name); ok {
		return r, nil
	}
	return nil, ErrUnknown
}

// latest is the catalog with all that the log has.
func (d Desk) latest(ctx context.Context) (*catalog.State, error) {
	last, err := d.Log.LastSequence(ctx, eventlog.FilterCatalog)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	state, err := d.Catalog.Wait(ctx, last)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return state, nil
}

// byName finds a heartbeat by its name, not by its id.
func byName(state *catalog.State, name string) (*catalog.Resource, bool) {
	r, ok := state.Get(heartbeat.Kind, name)
	return r, ok && r.Name == name
}

// One says how a heartbeat is. It returns what [Desk.Ping] does.
func (d Desk) One(ctx context.Context, name string) (Status, error) {
	r, err := d.find(ctx, name)
	if err != nil {
		return Status{}, err
	}
	hearing, err := d.Store.Hearing(ctx)
	if err != nil {
		return Status{}, err
	}
	return d.status(ctx, r, hearing)
}

// List says how all heartbeats are, by name. It returns [ErrUnavailable], or
// [auth.ErrStale].
func (d Desk) List(ctx context.Context) ([]Status, error) {
	state, err := d.Catalog.Fresh()
	if err != nil {
		return nil, err
	}
	hearing, err := d.Store.Hearing(ctx)
	if err != nil {
		return nil, err
	}
	list := []Status{}
	for _, r := range state.List(heartbeat.Kind) {
		one, err := d.status(ctx, r, hearing)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (d Desk) status(ctx context.Context, r *catalog.Resource, hearing heartbeat.Hearing) (Status, error) {
	last, err := d.Store.Last(ctx, r.ID)
	if err != nil {
		return Status{}, err
	}
	// Since somebody last said so, pings may not have been heard.
	now := d.Now()
	gaps := hearing.Heard(now, Silence).Gaps
	spec, expected := r.Spec.GetHeartbeat(), catalog.Heartbeat(r)
	s := Status{
		Name: r.Name, ID: r.ID, Expected: expected, Service: spec.GetService(), Description: spec.GetDescription(),
		State: expected.At(now, last, gaps), Last: last,
	}
	if s.State != heartbeat.Waiting && s.State != heartbeat.Disabled {
		s.Due = expected.Deadline(last, gaps)
	}
	return s, nil
}
