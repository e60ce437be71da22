package jetstream

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Nobody waits longer than his own time, also who sends for others; what they wait for goes
// on without him.
func TestAStuckMessageHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, sent := &gather{}, make(chan error)
		send := func(ctx context.Context, _ []*signalv1.RawSignal) error {
			select {
			case err := <-sent:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		outcome := make(chan error, 3)
		for i := range 3 {
			patience := time.Second
			if i == 2 { // waits for one of the first two, in the queue
				patience = time.Minute
			}
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				outcome <- g.put(ctx, &signalv1.RawSignal{}, send)
			}()
			synctest.Wait()
		}
		began := time.Now()
		for range 2 {
			if err := <-outcome; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
				t.Errorf("told %v after %v", err, time.Since(began))
			}
		}
		for range 3 {
			sent <- nil
		}
		if err := <-outcome; err != nil {
			t.Errorf("the one who waited on: %v", err)
		}
		if synctest.Wait(); g.flying != 0 || len(g.queue) != 0 {
			t.Errorf("%d are under way and %d wait", g.flying, len(g.queue))
		}
	})
}
