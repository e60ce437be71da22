package projection

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// gathered runs f beside a gathering at a measured rate, of which a transaction
// has just begun, and returns how long the next one was put off.
func gathered(t *testing.T, rate float64, f func(*queue, waiters)) time.Duration {
	t.Helper()
	var took time.Duration
	synctest.Test(t, func(t *testing.T) {
		g := gathering{most: 20 * time.Millisecond, queue: newQueue(1 << 20), waiting: newWaiters(), rate: rate, began: time.Now()}
		go f(g.queue, g.waiting)
		began := time.Now()
		g.gather(t.Context())
		took = time.Since(began)
		synctest.Wait()
	})
	return took
}

// put adds messages to a queue.
func put(q *queue, messages int) {
	for range messages {
		_ = q.put(context.Background(), eventlog.Message{}) // it has room
	}
}

func TestMessagesGatherOnlyWhileManyArrive(t *testing.T) {
	nothing := func(*queue, waiters) {}
	if took := gathered(t, busy-1, nothing); took != 0 {
		t.Errorf("at a low rate a transaction was put off by %v", took)
	}
	if took := gathered(t, busy, nothing); took != moment {
		t.Errorf("at a busy rate a transaction was put off by %v, want %v", took, moment)
	}
	if took := gathered(t, crowded, nothing); took != 20*time.Millisecond {
		t.Errorf("at a high rate a transaction was put off by %v, want 20ms", took)
	}
}

func TestPlentyOfMessagesDoNotGather(t *testing.T) {
	took := gathered(t, crowded, func(q *queue, _ waiters) {
		_ = wait.For(context.Background(), 3*time.Millisecond)
		put(q, plenty)
	})
	if took != 3*time.Millisecond {
		t.Errorf("put off by %v, want 3ms", took)
	}
}

func TestNobodyWaitsForMessagesToGather(t *testing.T) {
	took := gathered(t, crowded, func(_ *queue, w waiters) {
		_ = wait.For(context.Background(), 2*time.Millisecond)
		w.enter()
	})
	if took != 2*time.Millisecond {
		t.Errorf("somebody who came waited for %v, want 2ms", took)
	}
	took = gathered(t, crowded, func(_ *queue, w waiters) {
		w.enter()
		w.leave()
	})
	if took != 20*time.Millisecond {
		t.Errorf("after everybody had left a transaction was put off by %v, want 20ms", took)
	}
}

func TestTheRateIsThatOfTheWindowBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gathering{since: time.Now()}
		for range 10 {
			_ = wait.For(t.Context(), window/10)
			g.took(50)
		}
		if want := 500 / window.Seconds(); g.rate != want {
			t.Errorf("rate %v, want %v", g.rate, want)
		}
		_ = wait.For(t.Context(), time.Minute)
		g.took(60)
		if g.rate != 1 {
			t.Errorf("after a quiet minute the rate is %v, want 1", g.rate)
		}
	})
}
