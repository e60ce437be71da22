package projection

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// lookEvery is how often a process that is not elected looks for a position that
// somebody waits for.
const lookEvery = 10 * time.Millisecond

// waiters are those who want to know when the view advances.
type waiters struct {
	state *waitState
}

type waitState struct {
	sync.Mutex
	at       eventlog.Position
	advanced chan struct{} // closed and replaced when at changes
	count    int           // of those who wait for a position
	asks     chan struct{} // holds one token after somebody began to wait
}

func newWaiters() waiters {
	return waiters{&waitState{advanced: make(chan struct{}), asks: make(chan struct{}, 1)}}
}

// enter notes that somebody waits, until leave.
func (w waiters) enter() {
	w.state.Lock()
	defer w.state.Unlock()
	w.state.count++
	signal(w.state.asks)
}

func (w waiters) leave() {
	w.state.Lock()
	defer w.state.Unlock()
	w.state.count--
}

// wanted tells whether somebody waits.
func (w waiters) wanted() bool {
	w.state.Lock()
	defer w.state.Unlock()
	return w.state.count > 0
}

// asked receives when somebody began to wait.
func (w waiters) asked() <-chan struct{} { return w.state.asks }

func (w waiters) advance(p eventlog.Position) {
	w.state.Lock()
	defer w.state.Unlock()
	if w.state.at == p {
		return
	}
	w.state.at = p
	close(w.state.advanced)
	w.state.advanced = make(chan struct{})
}

// observe is advance by somebody who asked the database some time ago: it never
// goes back.
func (w waiters) observe(p eventlog.Position) {
	if at, _ := w.look(); p.Epoch == at.Epoch && p.Sequence < at.Sequence || p.IsStart() {
		return
	}
	w.advance(p)
}

func (w waiters) look() (eventlog.Position, <-chan struct{}) {
	w.state.Lock()
	defer w.state.Unlock()
	return w.state.at, w.state.advanced
}

// Follow returns the position that this process last knew the view to be at, and
// a channel that is closed when it knows a later one. The process that is not
// elected knows it with a delay of [Config.StandbyEvery], or by [Runner.Wait].
func (r *Runner) Follow() (eventlog.Position, <-chan struct{}) { return r.waiting.look() }

// Wait returns when the rows of the view hold everything up to a position, so
// that a read that begins afterwards sees it. It returns an
// [eventlog.PositionError] when the position is of another log, and the error of
// ctx when the time runs out first. The zero position needs no waiting.
func (r *Runner) Wait(ctx context.Context, p eventlog.Position) error {
	if at, _ := r.waiting.look(); p.IsStart() || p.Epoch == at.Epoch && at.Sequence >= p.Sequence {
		return nil
	}
	r.waiting.enter()
	defer r.waiting.leave()
	for {
		at, advanced := r.waiting.look()
		if at.Epoch != "" && p.Epoch != at.Epoch {
			return &eventlog.PositionError{Reason: eventlog.ReasonEpoch, Position: p, Head: at}
		}
		if at.Sequence >= p.Sequence {
			return nil
		}
		if err := r.await(ctx, advanced); err != nil {
			return fmt.Errorf("wait for the view to hold this write: %w", err)
		}
	}
}

// learn takes notice of a position that the database gave. The elected process
// knows better: meanwhile it may have gone on.
func (r *Runner) learn(p eventlog.Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.leading {
		r.waiting.observe(p)
	}
}

// await returns when the view may have advanced.
func (r *Runner) await(ctx context.Context, advanced <-chan struct{}) error {
	if r.Leading() {
		select {
		case <-advanced:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.config.StandbyEvery): // it may lead no longer
			return nil
		}
	}
	// The elected process is elsewhere: what it did is in the database.
	if at, err := r.Position(ctx); err == nil {
		r.learn(at)
	} else if ctx.Err() == nil {
		_ = wait.For(ctx, lookEvery)
		return ctx.Err()
	}
	select {
	case <-advanced:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(lookEvery):
		return nil
	}
}
