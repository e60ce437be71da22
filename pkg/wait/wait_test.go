package wait_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/wait"
)

func TestForLastsItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := wait.For(t.Context(), time.Minute); err != nil {
			t.Fatalf("a wait that nobody ended: %v", err)
		}
		if got := time.Since(start); got != time.Minute {
			t.Errorf("waited %v, want a minute", got)
		}
	})
}

func TestForEndsWithItsOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("owner stops")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(stop) })
		start := time.Now()
		if err := wait.For(ctx, time.Hour); !errors.Is(err, stop) {
			t.Errorf("got %v, want the owner's cause", err)
		}
		if got := time.Since(start); got != time.Second {
			t.Errorf("waited %v after the owner stopped at one second", got)
		}
	})
}

func TestForDoesNotWaitForThePast(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := wait.For(ctx, -time.Second); err != nil {
		t.Errorf("a time in the past: %v", err)
	}
	cancel()
	if err := wait.For(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}
