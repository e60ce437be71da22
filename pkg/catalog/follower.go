package catalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Defaults of a follower.
const (
	// DefaultMaxAge is how old what is known may be before nobody can sign in.
	DefaultMaxAge = time.Minute
	// beat is how often the follower asks the log whether it has everything.
	beat = 2 * time.Second
	// retryPause lies between attempts to reach a log that is away.
	retryPause = 250 * time.Millisecond
)

// FollowerOptions configure a follower; the zero value has the defaults.
type FollowerOptions struct {
	// MaxAge is how old what is known may be before [Follower.Account] fails;
	// 0 means [DefaultMaxAge].
	MaxAge time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Follower keeps a [State] up to date with the log while [Follower.Run] runs. It
// implements [auth.Directory]. Its methods are safe for concurrent use.
type Follower struct {
	log    eventlog.Reader
	maxAge time.Duration
	now    func() time.Time
	ready  chan struct{}

	mu      sync.Mutex
	fold    *Fold
	target  uint64 // up to here it catches up, and tells nobody
	state   *State
	heard   time.Time     // when everything there was had been folded
	grown   chan struct{} // closed and replaced when something was folded
	isReady bool
}

var _ auth.Directory = (*Follower)(nil)

// NewFollower returns a follower that does nothing until Run.
func NewFollower(log eventlog.Reader, o FollowerOptions) *Follower {
	f := &Follower{log: log, maxAge: o.MaxAge, now: o.Now, fold: NewFold(), ready: make(chan struct{}), grown: make(chan struct{})}
	if f.maxAge == 0 {
		f.maxAge = DefaultMaxAge
	}
	if f.now == nil {
		f.now = time.Now
	}
	f.state = f.fold.State()
	return f
}

// Run follows the log until ctx ends, then returns nil. It returns an error when
// the log turns out to be damaged; what is known then grows old, and nobody can
// sign in.
func (f *Follower) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		f.listen(ctx)
	}()
	err := f.follow(ctx)
	ended := ctx.Err() != nil
	cancel()
	<-beating
	if ended {
		return nil
	}
	return fmt.Errorf("follow the catalog: %w", err)
}

// follow reads from the beginning, and again when something was erased meanwhile or
// the log could not be reached to begin with.
func (f *Follower) follow(ctx context.Context) error {
	for {
		if err := f.aim(ctx); err != nil {
			return err
		}
		reading := inOrder{log: f.log, fn: f.apply}
		err := reading.tail(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, eventlog.ErrUnavailable):
			if wait.For(ctx, retryPause) != nil {
				return ctx.Err()
			}
		case !errors.Is(err, errMoved):
			return err
		}
		f.mu.Lock()
		f.fold = NewFold()
		f.mu.Unlock()
	}
}

// aim finds the sequence up to which the follower has to read before it tells what
// it knows. It waits for a log that cannot be reached.
func (f *Follower) aim(ctx context.Context) error {
	for {
		asked := f.now()
		last, err := f.log.LastSequence(ctx, eventlog.FilterCatalog)
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.target = last; last == 0 {
				f.heard = asked
				f.markReady()
			}
			return nil
		}
		if wait.For(ctx, retryPause) != nil {
			return fmt.Errorf("look up the end of the catalog: %w", err)
		}
	}
}

func (f *Follower) apply(m eventlog.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	visible, err := f.fold.Apply(m)
	if err != nil {
		return err
	}
	// While catching up one snapshot at the end is enough, and what is only staged
	// shows nowhere: an apply of thousands must not copy the catalog for each of
	// them. Whoever needs the ends of subjects asks Wait.
	if m.Sequence == f.target || visible && m.Sequence > f.target {
		f.state = f.fold.State()
	}
	if m.Sequence >= f.target && !f.isReady {
		f.heard = f.now()
		f.markReady()
	}
	close(f.grown)
	f.grown = make(chan struct{})
	return nil
}

// markReady is called under the lock.
func (f *Follower) markReady() {
	if !f.isReady {
		f.isReady = true
		close(f.ready)
	}
}

// listen asks the log at each beat whether there is anything that was not folded
// yet. Silence alone proves nothing: a lost connection is silent too.
func (f *Follower) listen(ctx context.Context) {
	for wait.For(ctx, beat) == nil {
		asked := f.now()
		last, err := f.log.LastSequence(ctx, eventlog.FilterCatalog)
		if err != nil {
			continue
		}
		f.mu.Lock()
		if f.fold.sequence >= last && asked.After(f.heard) {
			f.heard = asked
		}
		f.mu.Unlock()
	}
}

// Ready is closed when everything that was there at the start has been folded.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// State returns the newest snapshot; an empty one before Ready.
func (f *Follower) State() *State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Age is how long ago it was last certain that nothing was missing; very long
// before Ready.
func (f *Follower) Age() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.isReady {
		return time.Duration(1<<63 - 1)
	}
	return f.now().Sub(f.heard)
}

// Account implements [auth.Directory]: [auth.ErrStale] when what is known is older
// than the limit.
func (f *Follower) Account(token auth.Hash) (auth.Account, error) {
	state, err := f.Fresh()
	if err != nil {
		return auth.Account{}, err
	}
	return state.Account(token)
}

// Fresh returns the newest snapshot for whoever decides by it who may do what:
// [auth.ErrStale] when what is known is older than the limit.
func (f *Follower) Fresh() (*State, error) {
	if f.Age() > f.maxAge {
		return nil, auth.ErrStale
	}
	return f.State(), nil
}

// Wait returns the state once the message at a sequence, which must be one of the
// catalog's, has been folded.
func (f *Follower) Wait(ctx context.Context, sequence uint64) (*State, error) {
	for {
		f.mu.Lock()
		folded, grown := f.fold.sequence, f.grown
		if folded >= sequence && f.isReady {
			s := f.fold.State()
			f.state = s
			f.mu.Unlock()
			return s, nil
		}
		f.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the catalog: %w", ctx.Err())
		}
	}
}
