package jetstream

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

const (
	// groupFrom is how many appends must be waiting, or expected back, before they
	// are sent as one atomic batch. Below that, single messages are quicker: on one
	// replica a batch costs about 2 ms more than a message, as much as ten syncs.
	groupFrom = 16
	// groupMessages and groupBytes bound a batch.
	groupMessages = 256
	groupBytes    = 512 << 10
	// groupLinger bounds how long a batch waits for the callers of the batch
	// before it, who were just answered and are likely to come back. A batch
	// costs about the same whatever it holds, so a full one is worth two halves.
	groupLinger = 10 * time.Millisecond
	// groupStep is how often what has come back meanwhile is sent ahead.
	groupStep = time.Millisecond
)

// group sends appends that wait at the same time as one atomic batch, so that
// the disk syncs once for many of them. An append that comes while fewer than
// groupFrom others are under way, and none were just now, is never delayed.
//
// There is no goroutine: one of the waiting callers sends the batch for all. A
// batch that is not stored, for whatever reason, is of no consequence: each
// caller then sends its own message, as it would have without a group.
type group struct {
	mu      sync.Mutex
	single  int // appends that are sent by themselves
	leading bool
	queue   []*waiting
	crowd   crowd
	missing int           // how many of the crowd the batch still waits for
	full    chan struct{} // closed when none is missing; nil when no batch waits
}

// waiting is an append in the queue, or in a batch that is under way.
type waiting struct {
	append eventlog.Append
	turn   chan turn // gets at most one, under the group's lock
	gone   bool      // the caller's time ran out while a batch was under way
}

// turn tells a waiting caller what became of its append, or what to do.
type turn struct {
	stored   bool   // it is in the log
	sequence uint64 // where
	lead     bool   // send a batch, with this append among others
	doubt    bool   // a batch may have stored it, or may yet
}

// join waits until the append was stored as part of a batch, and returns its
// sequence. A turn that is not stored tells the caller to send the append by
// itself, and to call leave after that. On an error, which is ctx's, sent tells
// whether a batch with the append is under way.
func (g *group) join(ctx context.Context, a eventlog.Append, open func() (staging, error)) (t turn, sent bool, err error) {
	w := &waiting{append: a, turn: make(chan turn, 1)}
	if g.enter(w) {
		return turn{}, false, nil
	}
	select {
	case t = <-w.turn:
	case <-ctx.Done():
		if sent = g.withdraw(w); sent {
			return turn{}, true, ctx.Err()
		}
		if len(w.turn) == 0 {
			return turn{}, false, ctx.Err()
		}
		t = <-w.turn
	}
	if t.lead {
		t = g.lead(ctx, w, open)
	}
	return t, false, nil
}

// enter tells the caller to send by itself, or queues it.
func (g *group) enter(w *waiting) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.leading && g.single < groupFrom && g.crowd.expected() < groupFrom {
		g.single++
		return true
	}
	g.queue = append(g.queue, w)
	switch {
	case !g.leading:
		g.hand()
	case g.full != nil && len(g.queue) >= g.missing:
		close(g.full)
		g.full = nil
	}
	return false
}

// leave ends what an append sent by itself had begun.
func (g *group) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.single--
}

// withdraw takes a caller out whose time ran out, and tells whether its append
// is in a batch that is under way.
func (g *group) withdraw(w *waiting) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.queue, w); i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
		return false
	}
	w.gone = len(w.turn) == 0
	return w.gone
}

// hand gives the lead to the first in the queue, or, when too few wait to be
// worth a batch, lets them all send by themselves. The caller holds the lock.
func (g *group) hand() {
	g.leading = false
	many := max(len(g.queue), g.single, g.crowd.expected()) >= groupFrom
	if many && len(g.queue) > 0 {
		g.leading = true
		g.queue[0].turn <- turn{lead: true}
		g.queue = g.queue[1:]
		return
	}
	for _, w := range g.queue {
		g.single++
		w.turn <- turn{}
	}
	g.queue = nil
}

// lead sends those who wait and those who come back as one batch, and hands on.
func (g *group) lead(ctx context.Context, own *waiting, open func() (staging, error)) turn {
	b := newBatch(own, open)
	for more := true; more; b.stage(g.take(b)) {
		more = g.await(ctx, b)
	}
	if g.alone(b) {
		return turn{}
	}
	began := time.Now()
	first, err := b.commit(ctx)
	return g.answer(b, first, err, time.Since(began))
}

// alone tells whether a batch is not worth its name. Then everybody who waits is let go to
// send by itself, and so is the leader.
func (g *group) alone(b *batch) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(b.members) > 1 || g.single >= groupFrom {
		return false
	}
	g.crowd = crowd{}
	g.single++
	g.hand()
	return true
}

// await waits a moment for the crowd of the last batch, until all of it is in the batch or
// waits to be. It tells whether more may come.
func (g *group) await(ctx context.Context, b *batch) bool {
	g.mu.Lock()
	g.missing = g.crowd.expected() - len(b.members)
	if b.failed != nil || b.full || len(g.queue) >= g.missing || ctx.Err() != nil {
		g.mu.Unlock()
		return false
	}
	full := make(chan struct{})
	g.full = full
	g.mu.Unlock()
	g.crowd.await(ctx, full)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.full = nil
	return true
}

// take removes from the queue what goes into a batch: one message for each subject,
// because the server refuses more.
func (g *group) take(b *batch) []*waiting {
	g.mu.Lock()
	defer g.mu.Unlock()
	var taken, rest []*waiting
	for _, w := range g.queue {
		if b.admit(w) {
			taken = append(taken, w)
		} else {
			rest = append(rest, w)
		}
	}
	g.queue = rest
	return taken
}

// answer tells everybody in a batch what became of it, and hands on. It returns what
// became of the leader's own append.
func (g *group) answer(b *batch, first uint64, err error, took time.Duration) turn {
	what, _ := judge(err)
	doubt := what == unknown && b.failed == nil // What failed before the commit is not stored.
	g.mu.Lock()
	defer g.mu.Unlock()
	var mine turn
	for i, w := range b.members {
		t := turn{stored: err == nil, sequence: first + uint64(i), doubt: doubt}
		if err != nil && !w.gone {
			g.single++
		}
		if w == b.own {
			mine = t
			continue
		}
		w.turn <- t
	}
	g.crowd = gone(len(b.members)+len(g.queue), took)
	g.hand()
	return mine
}
