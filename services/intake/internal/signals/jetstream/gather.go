package jetstream

import (
	"context"
	"slices"
	"sync"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

const (
	// maxFlying is how many messages are on their way at once: while the disk
	// syncs one, the next is made.
	maxFlying = 2
	// maxTogether bounds the signals that share a message, in bytes of their
	// bodies; half of what a message may hold.
	maxTogether = 512 << 10
)

// gather lets signals that wait at the same time share a message, so that the disk
// syncs once for all of them. One that finds fewer than maxFlying messages under
// way is sent at once and alone. Nobody waits for a message longer than his own time.
type gather struct {
	mu     sync.Mutex
	flying int
	queue  []*waiting
}

// waiting is a signal that is to be stored.
type waiting struct {
	signal *signalv1.RawSignal
	done   chan error    // gets the outcome, once
	lead   chan struct{} // gets a token when it is its turn to send
}

// sendFunc stores signals of one subject as one message.
type sendFunc func(ctx context.Context, together []*signalv1.RawSignal) error

// put returns when the signal is stored, or when ctx ends; then it may be stored
// all the same.
func (g *gather) put(ctx context.Context, signal *signalv1.RawSignal, send sendFunc) error {
	w := &waiting{signal: signal, done: make(chan error, 1), lead: make(chan struct{}, 1)}
	if g.enter(w) {
		w.lead <- struct{}{}
	}
	for {
		select {
		case err := <-w.done:
			return err
		case <-ctx.Done():
			g.leave(w)
			return ctx.Err()
		case <-w.lead:
			go g.fly(context.WithoutCancel(ctx), w, send)
		}
	}
}

// fly sends what goes into one message with w. Others than its caller depend on it.
func (g *gather) fly(ctx context.Context, w *waiting, send sendFunc) {
	together := g.take(w)
	batch := make([]*signalv1.RawSignal, len(together))
	for i, member := range together {
		batch[i] = member.signal
	}
	err := send(ctx, batch)
	for _, member := range together {
		member.done <- err
	}
	g.land()
}

// enter tells the caller to send, or queues it.
func (g *gather) enter(w *waiting) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.flying < maxFlying {
		g.flying++
		return true
	}
	g.queue = append(g.queue, w)
	return false
}

// leave takes out a caller whose time ran out.
func (g *gather) leave(w *waiting) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.queue, w); i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
		return
	}
	if len(w.lead) > 0 {
		g.hand() // it was its turn
	}
}

// take removes from the queue what goes into one message with w.
func (g *gather) take(w *waiting) []*waiting {
	g.mu.Lock()
	defer g.mu.Unlock()
	together, size := []*waiting{w}, len(w.signal.GetBody())
	var rest []*waiting
	for _, other := range g.queue {
		fits := size+len(other.signal.GetBody()) <= maxTogether && subjectOf(other.signal) == subjectOf(w.signal) &&
			w.signal.GetOnce() == "" && other.signal.GetOnce() == "" // which the server compares whole messages by
		if !fits {
			rest = append(rest, other)
			continue
		}
		size += len(other.signal.GetBody())
		together = append(together, other)
	}
	g.queue = rest
	return together
}

// land ends a message's way.
func (g *gather) land() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hand()
}

// hand lets the first in the queue send. The caller holds the lock.
func (g *gather) hand() {
	if len(g.queue) == 0 {
		g.flying--
		return
	}
	g.queue[0].lead <- struct{}{}
	g.queue = g.queue[1:]
}
