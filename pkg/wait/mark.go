package wait

import (
	"context"
	"sync"
)

// Mark is how far something has come, for others to wait for. Its zero value stands at 0.
// It is safe for concurrent use and must not be copied.
type Mark struct {
	mu    sync.Mutex
	at    uint64
	moved chan struct{} // closed when it moves on; nil while nobody waits
}

// At is how far it has come.
func (m *Mark) At() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// Reach moves it on, never back, and wakes those who wait.
func (m *Mark) Reach(at uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = max(m.at, at)
	if m.moved != nil {
		close(m.moved)
		m.moved = nil
	}
}

// Wait returns nil when it has come so far, or the cause of ctx's end if that comes first.
func (m *Mark) Wait(ctx context.Context, at uint64) error {
	for {
		moved := m.before(at)
		if moved == nil {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// before is closed when it moves on; nil when it has come so far.
func (m *Mark) before(at uint64) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at >= at {
		return nil
	}
	if m.moved == nil {
		m.moved = make(chan struct{})
	}
	return m.moved
}
