package jetstream

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

const (
	// groupFrom is how many appends must be waiting before they are sent as one
	// atomic batch. Below that, single messages are quicker: on one replica a
	// batch costs about 2 ms more than a message, as much as ten syncs.
	groupFrom = 16
	// groupMessages and groupBytes bound a batch.
	groupMessages = 256
	groupBytes    = 512 << 10
	// groupLinger bounds how long a batch waits for the callers of the batch
	// before it, who were just answered and are likely to come back. A batch
	// costs about the same whatever it holds, so a full one is worth two halves.
	groupLinger = 10 * time.Millisecond
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
	full    chan struct{} // closed when the crowd is back; nil when no batch waits for it
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

// sendBatch sends an atomic batch and returns its first sequence.
type sendBatch func(ctx context.Context, batch []eventlog.Append) (uint64, error)

// join waits until the append was stored as part of a batch, and returns its
// sequence. A turn that is not stored tells the caller to send the append by
// itself, and to call leave after that. On an error, which is ctx's, sent tells
// whether a batch with the append is under way.
func (g *group) join(ctx context.Context, a eventlog.Append, send sendBatch) (t turn, sent bool, err error) {
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
		t = g.lead(ctx, w, send)
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
	case g.full != nil && len(g.queue) >= g.crowd.size-1:
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

// gather waits until the crowd of the last batch is back, or its time is over,
// and tells whether so many wait that a batch is worth its cost. If not, they
// are all let go to send by themselves, and so is the caller.
func (g *group) gather(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) < g.crowd.size-1 && g.crowd.expected() > 0 {
		full := make(chan struct{})
		g.full = full
		g.mu.Unlock()
		g.crowd.await(ctx, full)
		g.mu.Lock()
		g.full = nil
	}
	if max(len(g.queue)+1, g.single) >= groupFrom {
		return true
	}
	g.crowd = crowd{}
	g.single++
	g.hand()
	return false
}

// lead sends the queue as one batch and hands on.
func (g *group) lead(ctx context.Context, own *waiting, send sendBatch) turn {
	if !g.gather(ctx) {
		return turn{}
	}
	members := g.take(own)
	begin := time.Now()
	batch := make([]eventlog.Append, len(members))
	for i, w := range members {
		batch[i] = w.append
	}
	first, err := send(ctx, batch)
	what, _ := judge(err)
	doubt := what == unknown
	g.mu.Lock()
	defer g.mu.Unlock()
	var mine turn
	for i, w := range members {
		t := turn{stored: err == nil, sequence: first + uint64(i), doubt: doubt}
		if err != nil && !w.gone {
			g.single++
		}
		if w == own {
			mine = t
			continue
		}
		w.turn <- t
	}
	g.crowd = gone(len(members)+len(g.queue), time.Since(begin))
	g.hand()
	return mine
}

// take removes from the queue what goes into one batch: one message for each
// subject, because the server refuses more.
func (g *group) take(own *waiting) []*waiting {
	g.mu.Lock()
	defer g.mu.Unlock()
	members, size := []*waiting{own}, len(own.append.Data)
	subjects := map[string]bool{own.append.Subject: true}
	var rest []*waiting
	for _, w := range g.queue {
		fits := len(members) < groupMessages && size+len(w.append.Data) <= groupBytes
		if !fits || subjects[w.append.Subject] {
			rest = append(rest, w)
			continue
		}
		subjects[w.append.Subject] = true
		size += len(w.append.Data)
		members = append(members, w)
	}
	g.queue = rest
	return members
}
