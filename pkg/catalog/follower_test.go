package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// follow runs a follower until the test ends, or stop is called.
func follow(t *testing.T, log eventlog.Reader, o catalog.FollowerOptions) (f *catalog.Follower, stop func() error) {
	t.Helper()
	f = catalog.NewFollower(log, o)
	ctx, cancel := context.WithCancel(context.Background())
	var ended error
	var running sync.WaitGroup
	running.Go(func() { ended = f.Run(ctx) })
	stop = func() error { cancel(); running.Wait(); return ended }
	t.Cleanup(func() { _ = stop() })
	return f, stop
}

func TestFollowerSeesWhatIsAndWhatComes(t *testing.T) {
	b := newBench(t)
	b.given(checkout)
	f, stop := follow(t, b.log, catalog.FollowerOptions{})
	<-f.Ready()
	if _, ok := f.State().Get("service", "checkout"); !ok {
		t.Error("it is ready without what was there")
	}
	last := b.given(ada)
	state, err := f.Wait(t.Context(), last.Sequence())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := state.Get("person", "ada"); !ok || f.State().Revision() != 2 {
		t.Errorf("after waiting it is at revision %d without ada", f.State().Revision())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Wait(ctx, last.Sequence()+100); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for what never comes: %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestFollowerOfAnEmptyLogIsReady(t *testing.T) {
	f, _ := follow(t, newBench(t).log, catalog.FollowerOptions{})
	<-f.Ready()
	if _, err := f.Account(auth.Hash{1}); !errors.Is(err, auth.ErrUnknownToken) {
		t.Errorf("got %v, want an unknown token", err)
	}
}

// away is a log whose answers stop coming, without an error, as when a connection
// hangs.
type away struct {
	eventlog.Reader
	gone atomic.Bool
}

func (a *away) LastSequence(ctx context.Context, subject string) (uint64, error) {
	if a.gone.Load() {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return a.Reader.LastSequence(ctx, subject)
}

func TestAccountsFailClosedWhenTheLogIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.given(ada)
		log := &away{Reader: b.log}
		f, stop := follow(t, log, catalog.FollowerOptions{MaxAge: 10 * time.Second})
		defer func() { _ = stop() }()
		<-f.Ready()
		<-time.After(time.Hour) // by the clock of the bubble
		synctest.Wait()
		if _, err := f.Account(auth.Hash{1}); !errors.Is(err, auth.ErrUnknownToken) {
			t.Errorf("while the log answers: got %v after an hour of silence (age %v)", err, f.Age())
		}
		log.gone.Store(true)
		<-time.After(15 * time.Second)
		synctest.Wait()
		if _, err := f.Account(auth.Hash{1}); !errors.Is(err, auth.ErrStale) {
			t.Errorf("15 s after the log went away: got %v (age %v), want ErrStale", err, f.Age())
		}
	})
}

func TestAFollowerThatIsNotReadyLetsNobodyIn(t *testing.T) {
	f := catalog.NewFollower(newBench(t).log, catalog.FollowerOptions{})
	if _, err := f.Account(auth.Hash{1}); !errors.Is(err, auth.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
}

func TestAHoleStopsTheFollower(t *testing.T) {
	b := newBench(t)
	b.given(checkout)
	b.given("{kind: Service, name: checkout, spec: {description: pays well}}")
	b.log.Lose(1)
	f := catalog.NewFollower(b.log, catalog.FollowerOptions{})
	// The commit comes before whatever else could show the hole.
	if err := f.Run(t.Context()); !errors.Is(err, catalog.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
	if _, err := f.Account(auth.Hash{1}); !errors.Is(err, auth.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
}

// heard is a log that tells after each message that was followed.
type heard struct {
	eventlog.Reader
	after func()
}

func (h *heard) TailSubjects(ctx context.Context, subject string, after uint64, handle func(eventlog.Message) error) error {
	return h.Reader.TailSubjects(ctx, subject, after, func(m eventlog.Message) error {
		defer h.after()
		return handle(m)
	})
}

// An apply of hundreds does not copy the catalog for each change that is staged.
func TestTheCatalogIsCopiedOncePerApply(t *testing.T) {
	b := newBench(t)
	b.given(checkout)
	seen := map[*catalog.State]bool{}
	var f *catalog.Follower
	log := &heard{Reader: b.log, after: func() { seen[f.State()] = true }}
	f = catalog.NewFollower(log, catalog.FollowerOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = f.Run(ctx) })
	<-f.Ready()
	var documents strings.Builder
	for i := range 300 {
		fmt.Fprintf(&documents, "{kind: Service, name: s%d}\n---\n", i)
	}
	last := b.given(documents.String())
	if state, err := f.Wait(t.Context(), last.Sequence()); err != nil || len(state.List("service")) != 301 {
		t.Errorf("%d services, %v", len(state.List("service")), err)
	}
	cancel()
	running.Wait()
	if len(seen) > 4 { // empty, with checkout, with all, and one that Wait may have taken
		t.Errorf("%d copies for one apply", len(seen))
	}
}
