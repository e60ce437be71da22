package projection

import (
	"context"
	"sync"
)

// hold lets somebody keep the projection from beginning transactions.
type hold struct {
	mu       sync.Mutex
	holders  int
	released chan struct{} // closed when there is no holder any more
}

// Hold keeps the projection of this process from beginning transactions, until
// release is called; then it begins anew at the checkpoint, which somebody else may
// have moved meanwhile. Several may hold it at once.
func (r *Runner) Hold() (release func()) {
	h := &r.held
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holders++; h.holders == 1 {
		h.released = make(chan struct{})
	}
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.holders--; h.holders == 0 {
			close(h.released)
		}
	})
}

// wait waits while somebody holds the projection, and reports whether somebody
// did.
func (h *hold) wait(ctx context.Context) bool {
	h.mu.Lock()
	held, released := h.holders > 0, h.released
	h.mu.Unlock()
	if !held {
		return false
	}
	select {
	case <-released:
	case <-ctx.Done():
	}
	return true
}
