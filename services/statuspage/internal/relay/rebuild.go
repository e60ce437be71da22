package relay

import (
	"context"
	"sync"
)

// Progress says how far a rebuild is.
type Progress struct {
	// Read and Total are messages of the log.
	Read, Total uint64
	// Changed and Removed are documents that were not as the log says.
	Changed, Removed uint64
}

// Rebuild is a request to compute all documents anew. As an error it ends a term.
type Rebuild struct {
	mu       sync.Mutex
	progress Progress
	grown    chan struct{}
	ended    bool
	err      error
}

// Error says what the request is.
func (b *Rebuild) Error() string { return "all documents are computed anew" }

// Rebuild computes all documents anew and returns when they are, or when that
// failed. tell gets the progress; it is not called any more after the return. A
// rebuild that was begun goes on when ctx ends.
func (r *Relay) Rebuild(ctx context.Context, tell func(Progress)) error {
	b := &Rebuild{grown: make(chan struct{}, 1)}
	select {
	case r.requests <- b:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for {
		select {
		case <-b.grown:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		b.mu.Lock()
		progress, ended, err := b.progress, b.ended, b.err
		b.mu.Unlock()
		tell(progress)
		if ended {
			return err
		}
	}
}

// waiting tells whether somebody still wants the rebuild.
func (b *Rebuild) waiting() bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.ended
}

// advance changes the progress.
func (b *Rebuild) advance(change func(*Progress)) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.progress)
	b.wake()
}

// end says that the rebuild is over; later calls change nothing.
func (b *Rebuild) end(err error) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.ended, b.err = true, err
		b.wake()
	}
}

func (b *Rebuild) wake() {
	select {
	case b.grown <- struct{}{}:
	default: // it was said already
	}
}
