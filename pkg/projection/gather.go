package projection

import (
	"context"
	"time"
)

const (
	// busy is the rate of messages, per second, from which on transactions take the
	// processor from those who write; crowded the one from which on a transaction for
	// every few messages costs more than it is worth.
	busy    = 300
	crowded = 1250
	// moment is how long messages may gather at a busy rate: who reads his own write does not
	// notice it, others do not mind.
	moment = 8 * time.Millisecond
	// window is the time over which the rate is measured.
	window = 100 * time.Millisecond
	// plenty is how many messages are enough for a transaction.
	plenty = 500
)

// gathering decides when the next transaction begins. A transaction has a price
// whatever its size, so while many messages arrive it lets some gather; but never
// while somebody waits for a position, and not at all when few arrive.
type gathering struct {
	most    time.Duration
	queue   *queue
	waiting waiters

	began time.Time // of the last transaction
	since time.Time // of the window
	count int       // messages in the window
	rate  float64   // per second, in the window before
}

// took notes that a transaction with so many messages begins.
func (g *gathering) took(messages int) {
	g.began = time.Now()
	g.count += messages
	if elapsed := g.began.Sub(g.since); elapsed >= window {
		g.rate = float64(g.count) / elapsed.Seconds()
		g.since, g.count = g.began, 0
	}
}

// gather returns when the next transaction should begin, or ctx ends.
func (g *gathering) gather(ctx context.Context) {
	patience := g.patience()
	if patience == 0 {
		return
	}
	timer := time.NewTimer(time.Until(g.began.Add(patience)))
	defer timer.Stop()
	for g.queue.size() < plenty && !g.waiting.wanted() {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-g.waiting.asked():
		case <-g.queue.enough:
		}
	}
}

// patience is the least time between the begins of two transactions.
func (g *gathering) patience() time.Duration {
	switch {
	case g.rate < busy:
		return 0
	case g.rate < crowded:
		return min(moment, g.most)
	}
	return g.most
}
