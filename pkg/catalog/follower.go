package catalog

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
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
	target, err := f.target(ctx)
	if err != nil {
		return err
	}
	if target == 0 {
		f.markReady()
	}
	ctx, cancel := context.WithCancel(ctx)
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		f.listen(ctx)
	}()
	err = f.log.TailSubjects(ctx, eventlog.FilterCatalog, 0, func(m eventlog.Message) error { return f.apply(m, target) })
	ended := ctx.Err() != nil
	cancel()
	<-beating
	if ended {
		return nil
	}
	return fmt.Errorf("follow the catalog: %w", err)
}

// target is the sequence up to which the follower has to read before it is
// ready. It waits for a log that cannot be reached.
func (f *Follower) target(ctx context.Context) (uint64, error) {
	for {
		asked := f.now()
		last, err := f.log.LastSequence(ctx, eventlog.FilterCatalog)
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			if last == 0 {
				f.heard = asked
			}
			return last, nil
		}
		if !pause(ctx, retryPause) {
			return 0, fmt.Errorf("follow the catalog: %w", err)
		}
	}
}

func (f *Follower) apply(m eventlog.Message, target uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	visible, err := f.fold.Apply(m)
	if err != nil {
		return err
	}
	caughtUp := m.Sequence >= target
	// While catching up one snapshot at the end is enough.
	if caughtUp || visible && f.isReady {
		f.state = f.fold.State()
	}
	if caughtUp && !f.isReady {
		f.heard = f.now()
		f.isReady = true
		close(f.ready)
	}
	close(f.grown)
	f.grown = make(chan struct{})
	return nil
}

func (f *Follower) markReady() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.isReady {
		f.isReady = true
		close(f.ready)
	}
}

// listen asks the log at each beat whether there is anything that was not folded
// yet. Silence alone proves nothing: a lost connection is silent too.
func (f *Follower) listen(ctx context.Context) {
	for pause(ctx, beat) {
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
	if f.Age() > f.maxAge {
		return auth.Account{}, auth.ErrStale
	}
	return f.State().Account(token)
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

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
