package catalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Past answers what the catalog was known to say at a time. It reads the log for
// that, and keeps the answer that it gave last, since whoever looks into the past
// asks several questions. Its methods are safe for concurrent use.
type Past struct {
	Log eventlog.Reader

	mu     sync.Mutex
	commit uint64 // of the answer that is kept
	erased uint64 // the last redaction then: what was erased is gone from the past too
	state  *State
}

var errReached = errors.New("reached")

// At returns the catalog as it was known at a time: what had become visible by then,
// without what was erased since.
func (p *Past) At(ctx context.Context, t time.Time) (*State, error) {
	until, err := p.lastCommit(ctx, t)
	if err != nil || until == 0 {
		return nil, err
	}
	erased, err := p.Log.LastSequence(ctx, eventlog.FilterRedactions)
	if err != nil {
		return nil, fmt.Errorf("look up what was erased: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != nil && p.commit == until && p.erased == erased {
		return p.state, nil
	}
	state, err := foldUntil(ctx, p.Log, until)
	if err != nil {
		return nil, err
	}
	p.commit, p.erased, p.state = until, erased, state
	return state, nil
}

// lastCommit is the place of the last apply that was recorded by a time.
func (p *Past) lastCommit(ctx context.Context, t time.Time) (uint64, error) {
	messages, err := p.Log.Load(ctx, headSubject, 0)
	if err != nil {
		return 0, fmt.Errorf("read applies: %w", err)
	}
	last := uint64(0)
	for _, m := range messages {
		h, err := chain.HeadOf(m.Data)
		if err != nil {
			return 0, fmt.Errorf("read apply at %d: %w", m.Sequence, err)
		}
		if time.UnixMicro(h.RecordedAtMicros).After(t) {
			break
		}
		last = m.Sequence
	}
	return last, nil
}

// foldUntil folds the catalog up to the apply at a sequence.
func foldUntil(ctx context.Context, log eventlog.Reader, until uint64) (*State, error) {
	for {
		fold := NewFold()
		reading := inOrder{log: log, fn: func(m eventlog.Message) error {
			if _, err := fold.Apply(m); err != nil {
				return err
			}
			if m.Sequence >= until {
				return errReached
			}
			return nil
		}}
		err := reading.tail(ctx)
		switch {
		case errors.Is(err, errReached):
			return fold.State(), nil
		case !errors.Is(err, errMoved):
			return nil, fmt.Errorf("read the catalog as it was: %w", err)
		}
	}
}
