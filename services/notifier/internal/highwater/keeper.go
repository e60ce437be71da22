package highwater

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrUnavailable: the mark cannot be read or raised at the moment, so nothing may
// be sent.
var ErrUnavailable = errors.New("the mark of what was sent cannot be reached")

// Mark is how far sending may have got.
type Mark struct {
	// Round is the highest number of a round of attempts.
	Round uint64 `json:"round"`
	// Sequence is the highest place in the log of an event in any round.
	Sequence uint64 `json:"sequence"`
}

// covers tells whether a mark includes another one.
func (m Mark) covers(other Mark) bool { return m.Round >= other.Round && m.Sequence >= other.Sequence }

// join returns the least mark that covers both.
func (m Mark) join(other Mark) Mark {
	return Mark{Round: max(m.Round, other.Round), Sequence: max(m.Sequence, other.Sequence)}
}

// Store keeps the mark durably. Raise returns when it covers the given one, and
// what it is then; it never lowers it.
type Store interface {
	Load(ctx context.Context) (Mark, error)
	Raise(ctx context.Context, m Mark) (Mark, error)
}

// Keeper raises the mark for many lanes at once: those that wait share a write. It
// is safe for concurrent use.
type Keeper struct {
	store Store

	mu      sync.Mutex
	durable Mark
	wanted  Mark
	writing chan struct{} // closed when the write under way ends; nil without one
}

// NewKeeper returns the keeper of a store.
func NewKeeper(store Store) *Keeper { return &Keeper{store: store} }

// Load returns the mark as it is stored.
func (k *Keeper) Load(ctx context.Context) (Mark, error) {
	m, err := k.store.Load(ctx)
	if err != nil {
		return Mark{}, fmt.Errorf("load mark: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.durable = k.durable.join(m)
	return m, nil
}

// Raise returns once the stored mark covers the given one.
func (k *Keeper) Raise(ctx context.Context, m Mark) error {
	for {
		k.mu.Lock()
		if k.durable.covers(m) {
			k.mu.Unlock()
			return nil
		}
		k.wanted = k.wanted.join(m)
		if writing := k.writing; writing != nil {
			k.mu.Unlock()
			select {
			case <-writing:
				continue
			case <-ctx.Done():
				return fmt.Errorf("raise mark: %w", ctx.Err())
			}
		}
		wanted, done := k.wanted, make(chan struct{})
		k.writing = done
		k.mu.Unlock()
		if err := k.write(ctx, wanted, done); err != nil {
			return fmt.Errorf("raise mark: %w", err)
		}
	}
}

func (k *Keeper) write(ctx context.Context, wanted Mark, done chan struct{}) error {
	stored, err := k.store.Raise(ctx, wanted)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writing = nil
	close(done)
	if err == nil {
		k.durable = k.durable.join(stored)
	}
	return err
}
