package highwater_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	eventjetstream "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/services/notifier/internal/highwater"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func marks(t *testing.T) jetstream.JetStream {
	t.Helper()
	server := natstest.Start(t)
	server.Bootstrap(eventjetstream.Config{})
	js, err := jetstream.New(server.Conn(natsserver.UserNotifier))
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// TestTwoProcessesRaiseOneMark lets two stores that do not know of each other raise
// the mark of a log at once: it ends at the highest of all.
func TestTwoProcessesRaiseOneMark(t *testing.T) {
	js := marks(t)
	var all sync.WaitGroup
	for process := range 2 {
		keeper := highwater.NewKeeper(highwater.NewStream(js, "epoch"))
		for n := range 20 {
			all.Go(func() {
				m := highwater.Mark{Round: uint64(2*n + process), Sequence: uint64(100 - n)}
				if err := keeper.Raise(t.Context(), m); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	got, err := highwater.NewStream(js, "epoch").Load(t.Context())
	if want := (highwater.Mark{Round: 39, Sequence: 100}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if other, err := highwater.NewStream(js, "another").Load(t.Context()); err != nil || other != (highwater.Mark{}) {
		t.Errorf("another log's mark: %+v, %v", other, err)
	}
}

// slow is a store whose writes wait until they are let go.
type slow struct {
	let    chan struct{}
	writes atomic.Int64
	fail   atomic.Bool
}

func (s *slow) Load(context.Context) (highwater.Mark, error) { return highwater.Mark{}, nil }

func (s *slow) Raise(_ context.Context, m highwater.Mark) (highwater.Mark, error) {
	s.writes.Add(1)
	<-s.let
	if s.fail.Load() {
		return highwater.Mark{}, highwater.ErrUnavailable
	}
	return m, nil
}

// TestThoseWhoWaitShareAWrite starts many while a write is under way: one more
// write serves all of them.
func TestThoseWhoWaitShareAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &slow{let: make(chan struct{})}
		keeper := highwater.NewKeeper(store)
		var all sync.WaitGroup
		raise := func(n uint64) {
			all.Go(func() {
				if err := keeper.Raise(t.Context(), highwater.Mark{Round: n}); err != nil {
					t.Error(err)
				}
			})
		}
		raise(1)
		synctest.Wait()
		for n := range uint64(99) {
			raise(n + 2)
		}
		synctest.Wait()
		close(store.let)
		all.Wait()
		if n := store.writes.Load(); n != 2 {
			t.Errorf("%d writes, want 2", n)
		}
		if err := keeper.Raise(t.Context(), highwater.Mark{Round: 50}); err != nil || store.writes.Load() != 2 {
			t.Errorf("a mark that is covered was written again: %v", err)
		}
	})
}

// TestNothingIsCoveredByAFailedWrite: whoever asks again is not told that all is
// well.
func TestNothingIsCoveredByAFailedWrite(t *testing.T) {
	store := &slow{let: make(chan struct{})}
	close(store.let)
	store.fail.Store(true)
	keeper := highwater.NewKeeper(store)
	for range 2 {
		if err := keeper.Raise(t.Context(), highwater.Mark{Round: 1}); !errors.Is(err, highwater.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	}
	store.fail.Store(false)
	if err := keeper.Raise(t.Context(), highwater.Mark{Round: 1}); err != nil {
		t.Error(err)
	}
}
