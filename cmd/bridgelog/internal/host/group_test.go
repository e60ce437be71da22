package host

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAFailingPartEndsTheOthers(t *testing.T) {
	g := newGroup(t.Context())
	ended := make(chan struct{})
	g.run("reader", func(ctx context.Context) error { <-ctx.Done(); close(ended); return ctx.Err() })
	broken := errors.New("broken")
	g.run("writer", func(context.Context) error { return broken })
	<-ended
	if err := g.stop(t.Context()); !errors.Is(err, broken) || err.Error() != "writer: broken" {
		t.Fatalf("got %v, want the writer's error alone", err)
	}
}

func TestStopDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup(t.Context())
		release := make(chan struct{})
		g.run("stuck", func(context.Context) error { <-release; return nil })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.stop(ctx); err == nil {
			t.Fatal("a stuck part was not reported")
		}
		close(release)
	})
}
