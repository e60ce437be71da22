package wait_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/wait"
)

func TestAMarkWakesThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m wait.Mark
		if err := m.Wait(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var mu sync.Mutex
		woken := map[uint64]time.Duration{}
		var all sync.WaitGroup
		for at := range uint64(6) {
			all.Go(func() {
				if err := m.Wait(t.Context(), at); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				woken[at] = time.Since(began)
			})
		}
		for _, at := range []uint64{2, 1, 5} { // it never goes back
			if err := wait.For(t.Context(), time.Second); err != nil {
				t.Fatal(err)
			}
			m.Reach(at)
		}
		all.Wait()
		if m.At() != 5 {
			t.Errorf("it stands at %d", m.At())
		}
		for at, want := range map[uint64]time.Duration{
			0: 0, 1: time.Second, 2: time.Second, 3: 3 * time.Second, 4: 3 * time.Second, 5: 3 * time.Second,
		} {
			if woken[at] != want {
				t.Errorf("who waited for %d was woken after %v", at, woken[at])
			}
		}
	})
}

func TestAMarkIsNotWaitedForLongerThanItsOwner(t *testing.T) {
	stop := errors.New("owner stops")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	var m wait.Mark
	if err := m.Wait(ctx, 1); !errors.Is(err, stop) {
		t.Errorf("got %v, want the owner's cause", err)
	}
	m.Reach(1)
	if err := m.Wait(ctx, 1); err != nil {
		t.Errorf("what was reached is reached: %v", err)
	}
}
