package signalstest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// Run checks the stores that open returns; each call of open must return an
// empty one.
func Run(t *testing.T, open func(t *testing.T) signals.Store) {
	t.Run("order", func(t *testing.T) { testOrder(t, open(t)) })
	t.Run("comes again until handled", func(t *testing.T) { testAgain(t, open(t)) })
	t.Run("one at a time", func(t *testing.T) { testOneAtATime(t, open(t)) })
	t.Run("backlog", func(t *testing.T) { testBacklog(t, open(t)) })
}

var errStop = errors.New("stop")

func put(t *testing.T, s signals.Store, n int) {
	t.Helper()
	for i := range n {
		signal := &signalv1.RawSignal{Id: strconv.Itoa(i), Source: "alertmanager", Body: []byte{0, 255, byte(i)}}
		if err := s.Put(t.Context(), signal); err != nil {
			t.Fatal(err)
		}
	}
}

// Collect handles n signals and then stops in the way of a process that dies.
func Collect(t *testing.T, s signals.Store, n int) []string {
	t.Helper()
	var ids []string
	err := s.Consume(t.Context(), func(_ context.Context, signal *signalv1.RawSignal) error {
		if len(ids) == n {
			return errStop
		}
		ids = append(ids, signal.GetId())
		return nil
	})
	if !errors.Is(err, errStop) {
		t.Fatalf("consume ended with %v, want the handler's error", err)
	}
	return ids
}

func testOrder(t *testing.T, s signals.Store) {
	put(t, s, 6)
	got := Collect(t, s, 5)
	if want := []string{"0", "1", "2", "3", "4"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func testAgain(t *testing.T, s signals.Store) {
	put(t, s, 3)
	Collect(t, s, 1)
	got := Collect(t, s, 1)
	if want := []string{"1"}; !slices.Equal(got, want) {
		t.Fatalf("after a handler that failed: got %v, want %v", got, want)
	}
}

func testOneAtATime(t *testing.T, s signals.Store) {
	put(t, s, 20)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	var ids []string
	working := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			_ = s.Consume(ctx, func(_ context.Context, signal *signalv1.RawSignal) error {
				mu.Lock()
				working++
				if working > 1 {
					t.Errorf("%d signals are handled at once", working)
				}
				ids = append(ids, signal.GetId())
				done := len(ids) == 20
				mu.Unlock()
				defer func() { mu.Lock(); working--; mu.Unlock() }()
				if done {
					cancel()
				}
				return nil
			})
		})
	}
	wg.Wait()
	for i, id := range ids {
		if id != strconv.Itoa(i) {
			t.Fatalf("order %v", ids)
		}
	}
}

func testBacklog(t *testing.T, s signals.Store) {
	put(t, s, 4)
	for _, want := range []uint64{4, 1} {
		awaitBacklog(t, s, want)
		Collect(t, s, 3-int(4-want))
	}
}

// awaitBacklog polls, since a server counts a moment after it acknowledged.
func awaitBacklog(t *testing.T, s signals.Store, want uint64) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		b, err := s.Backlog(t.Context())
		if err != nil || b.Share < 0 || b.Share > 1 {
			t.Fatalf("got %+v, %v", b, err)
		}
		if b.Signals == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d signals wait, want %d", b.Signals, want)
		}
		runtime.Gosched()
	}
}
