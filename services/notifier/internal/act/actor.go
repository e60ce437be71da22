package act

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/notifier/internal/admit"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/lane"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/view"
)

// DefaultStale is how old an event may be when deliveries are created that go out
// by themselves.
const DefaultStale = time.Hour

// Actor follows the log and creates deliveries. Its fields are set once, before
// Run.
type Actor struct {
	Log eventlog.Reader
	// Catalog holds the receivers; it has to be ready.
	Catalog *catalog.Follower
	Ledger  *ledger.Ledger
	// Gate lets it act.
	Gate   *admit.Gate
	View   *view.Store
	Waker  lane.Waker
	Writer event.Writer
	// Pages: what is to be told of pages is told by somebody.
	Pages bool
	// Stale replaces [DefaultStale].
	Stale time.Duration
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger
	// Started is called each time it is settled from where the actor acts.
	Started func()

	incidents *incidents
	shown     *lru.Cache[incident.ID, string] // what the view says, see glimpse
	targets   *targets
	// at is the position that was looked at, written the one that the ledger has:
	// between them nobody had to be told anything.
	at, written eventlog.Position
	// uncertain is the place in the log up to which events may have been sent
	// although the ledger does not know.
	uncertain uint64
	// told is true once the view has an incident of which anybody was told.
	told bool
	// until is the last redaction that has to be looked at.
	until uint64

	mu      sync.Mutex
	problem error // why nothing is created at the moment
}

// Check says why nothing is created at the moment, or nil.
func (a *Actor) Check(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.problem
}

// report notes what keeps the actor from acting.
func (a *Actor) report(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problem = err
}

// Run creates deliveries until ctx ends. Where it stopped is in the ledger; the
// very first time it begins at the end of the log, since nobody waits for what was
// before. It returns the error that ended it: [ledger.ErrFenced], one of the
// database or the log, or a position that does not belong to the log.
func (a *Actor) Run(ctx context.Context) error {
	err := a.prepare(ctx)
	if err == nil {
		a.report(nil)
		a.Started()
		err = a.act(ctx)
	}
	a.report(err)
	a.Gate.Close()
	return fmt.Errorf("act: %w", err)
}

// prepare finds out from where to act.
func (a *Actor) prepare(ctx context.Context) error {
	if err := a.Gate.Pass(ctx); err != nil {
		return err
	}
	var err error
	if a.incidents, err = newIncidents(a.Log); err != nil {
		return err
	}
	if a.shown, err = lru.New[incident.ID, string](keptIncidents); err != nil {
		return err
	}
	a.at, err = a.Ledger.ActedThrough(ctx)
	if errors.Is(err, ledger.ErrNotStarted) {
		a.at, err = a.begin(ctx)
	}
	if err != nil {
		return err
	}
	a.written = a.at
	if a.told, err = a.View.Any(ctx); err != nil {
		return err
	}
	a.uncertain, err = a.Ledger.Uncertain(ctx)
	return err
}

func (a *Actor) begin(ctx context.Context) (eventlog.Position, error) {
	head, err := a.Log.Head(ctx)
	if err != nil {
		return eventlog.Position{}, err
	}
	if err := a.Ledger.Start(ctx, head); err != nil {
		return eventlog.Position{}, err
	}
	return a.Ledger.ActedThrough(ctx)
}

// act reads the log while there is anybody to tell, and otherwise only keeps the
// position.
func (a *Actor) act(ctx context.Context) error {
	for {
		if err := a.idle(ctx); err != nil {
			return err
		}
		if err := a.follow(ctx); err != nil {
			return err
		}
	}
}
