package jetstream_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// fetchEnds is when a fetch has run out, before which everything has to be handed
// over: the server ends it after nine seconds.
const fetchEnds = 8 * time.Second

// TestSignalsAreHandedOverAtOnce stores signals in bursts and singly for a while:
// none may wait until a fetch has run out.
func TestSignalsAreHandedOverAtOnce(t *testing.T) {
	const all = 3000
	store := open(t, start(t))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var worst time.Duration
	seen := 0
	var running sync.WaitGroup
	running.Go(func() {
		_ = store.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
			for _, s := range batch {
				worst = max(worst, time.Since(time.UnixMicro(s.GetReceivedAtUs())))
			}
			if seen += len(batch); seen >= all {
				cancel()
			}
			return nil
		})
	})
	for n := 0; n < all && ctx.Err() == nil; {
		burst := 1 + n%7
		for range burst {
			signal := &signalv1.RawSignal{Id: strconv.Itoa(n), Source: "alertmanager", ReceivedAtUs: time.Now().UnixMicro()}
			if err := store.Put(t.Context(), signal); err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n%50 == 0 {
			<-time.After(time.Millisecond) // lets the consumer run dry
		}
	}
	running.Wait()
	if seen < all || worst > fetchEnds {
		t.Errorf("%d of %d, one of them after %s", seen, all, worst)
	}
}
