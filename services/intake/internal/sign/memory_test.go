package sign_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
)

func TestARequestIsTakenOnce(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	m := sign.NewMemory(func() time.Time { return now })
	for i, want := range []sign.State{sign.Fresh, sign.Taking} {
		if got := m.Begin("sender", "id"); got != want {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
	if m.Begin("another", "id") != sign.Fresh {
		t.Error("ids of senders are mixed up")
	}
	m.Done("sender", "id", false)
	if m.Begin("sender", "id") != sign.Fresh {
		t.Error("what was not taken cannot come again")
	}
	m.Done("sender", "id", true)
	now = now.Add(2 * sign.Tolerance)
	if m.Begin("sender", "id") != sign.Taken {
		t.Error("what was taken is not remembered as long as it could be repeated")
	}
	now = now.Add(time.Second)
	if m.Begin("sender", "id") != sign.Fresh {
		t.Error("it is remembered for ever")
	}
	for range 2 {
		if m.Begin("sender", "") != sign.Fresh {
			t.Error("what has no id is refused")
		}
		m.Done("sender", "", true)
	}
}

func TestOneOfManyTakesIt(t *testing.T) {
	m := sign.NewMemory(time.Now)
	var all sync.WaitGroup
	var took atomic.Int32
	for range 32 {
		all.Go(func() {
			if m.Begin("sender", "id") == sign.Fresh {
				took.Add(1)
				m.Done("sender", "id", true)
			}
		})
	}
	all.Wait()
	if took.Load() != 1 {
		t.Errorf("%d took it", took.Load())
	}
}
