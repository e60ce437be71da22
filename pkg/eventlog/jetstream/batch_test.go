package jetstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// theServer takes batches: it notes when each message of one was sent, and stores them from
// sequence 101 on.
type theServer struct {
	mu      sync.Mutex
	batches [][]string
	sentAt  []time.Duration // of each first message, since began
	began   time.Time
	last    uint64
	refuses error // adds
}

func (s *theServer) open() (staging, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, nil)
	s.sentAt = append(s.sentAt, time.Since(s.began))
	return &onTheWay{server: s, n: len(s.batches) - 1}, nil
}

type onTheWay struct {
	server *theServer
	n      int
}

func (b *onTheWay) add(a eventlog.Append) error {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.server.batches[b.n] = append(b.server.batches[b.n], a.Subject)
	return b.server.refuses
}

func (b *onTheWay) commit(ctx context.Context, a eventlog.Append) (uint64, error) {
	_ = b.add(a)
	if err := wait(ctx, 4*time.Millisecond); err != nil {
		return 0, err
	}
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.server.last += uint64(len(b.server.batches[b.n]))
	return 100 + b.server.last, nil
}

// crowded is a group that expects so many back.
func crowded(many int) *group { return &group{crowd: gone(many, time.Second)} }

// joins sends an append that comes after a delay and returns its sequence; 0: by itself.
func (s *theServer) joins(t *testing.T, g *group, subject string, after time.Duration) uint64 {
	t.Helper()
	_ = wait(t.Context(), after)
	told, _, err := g.join(t.Context(), eventlog.Append{Subject: subject, Data: []byte("x")}, s.open)
	if err != nil {
		t.Errorf("%s: %v", subject, err)
	}
	if !told.stored {
		g.leave()
		return 0
	}
	return told.sequence
}

// TestABatchIsSentAhead while those are awaited who come back: what comes first is with the
// server when the last one comes, whose arrival ends the wait.
func TestABatchIsSentAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := &theServer{began: time.Now()}, crowded(20)
		sequences := make([]uint64, 20)
		var all sync.WaitGroup
		for i := range sequences {
			all.Go(func() {
				sequences[i] = s.joins(t, g, fmt.Sprintf("incident.%d", i), time.Duration(i)*300*time.Microsecond)
			})
		}
		all.Wait()
		if took := time.Since(s.began); took != 19*300*time.Microsecond+4*time.Millisecond {
			t.Errorf("it took %v, want no wait behind the last one", took)
		}
		if len(s.batches) != 1 || len(s.batches[0]) != 20 || s.sentAt[0] > 2*groupStep {
			t.Fatalf("batches %q, the first begun after %v", s.batches, s.sentAt)
		}
		for i, sequence := range sequences {
			if place := slices.Index(s.batches[0], fmt.Sprintf("incident.%d", i)); sequence != uint64(101+place) {
				t.Errorf("append %d is said to be at %d, and was sent as number %d", i, sequence, place)
			}
		}
	})
}

// TestWhoDoesNotComeBackIsNotAwaitedForEver and one append alone is no batch.
func TestWhoDoesNotComeBackIsNotAwaitedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := &theServer{began: time.Now()}, crowded(50)
		if at := s.joins(t, g, "incident.a", 0); at != 0 || len(s.batches) != 0 {
			t.Errorf("a single append was sent as a batch, at %d", at)
		}
		if took := time.Since(s.began); took > groupLinger {
			t.Errorf("it was held up for %v, more than %v", took, groupLinger)
		}
		began := time.Now()
		if s.joins(t, g, "incident.b", 0); time.Since(began) != 0 {
			t.Errorf("the next one was held up for %v", time.Since(began))
		}
	})
}

// TestABatchThatCannotBeSentHoldsNobodyUp: everybody sends by itself.
func TestABatchThatCannotBeSentHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := &theServer{began: time.Now(), refuses: errors.New("closed")}, crowded(20)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				if at := s.joins(t, g, fmt.Sprintf("incident.%d", i), time.Duration(i)*100*time.Microsecond); at != 0 {
					t.Errorf("append %d is said to be stored at %d", i, at)
				}
			})
		}
		all.Wait()
		if s.last != 0 {
			t.Errorf("a broken batch was committed: %d stored", s.last)
		}
		if g.single != 0 || g.leading || len(g.queue) != 0 {
			t.Errorf("the group was left with %d under way, leading %t, %d waiting", g.single, g.leading, len(g.queue))
		}
	})
}

// TestTwoOfOneSubjectAreNotInOneBatch since the second expects the first.
func TestTwoOfOneSubjectAreNotInOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := &theServer{began: time.Now()}, crowded(40)
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() { s.joins(t, g, fmt.Sprintf("incident.%d", i/2), 0) })
		}
		all.Wait()
		if len(s.batches) < 2 {
			t.Errorf("%d batches, want at least two", len(s.batches))
		}
		for _, b := range s.batches {
			if slices.Sort(b); len(slices.Compact(slices.Clone(b))) != len(b) {
				t.Errorf("one subject is twice in %q", b)
			}
		}
	})
}

// TestALeaderWhoseTimeRunsOutSendsWhatOthersWaitFor.
func TestALeaderWhoseTimeRunsOutSendsWhatOthersWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := &theServer{began: time.Now()}, crowded(50)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			told, _, err := g.join(ctx, eventlog.Append{Subject: "incident.leader", Data: []byte("x")}, s.open)
			if err != nil || !told.stored {
				t.Errorf("the leader was told %+v, %v", told, err)
			}
		})
		for i := range 20 {
			all.Go(func() {
				if s.joins(t, g, fmt.Sprintf("incident.%d", i), time.Millisecond) == 0 {
					t.Errorf("append %d was not stored with the others", i)
				}
			})
		}
		all.Wait()
		if len(s.batches) != 1 {
			t.Errorf("batches %q, want one", s.batches)
		}
	})
}

// TestAFullBatchWaitsForNobody.
func TestAFullBatchWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, g := &theServer{began: time.Now()}, crowded(50)
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				_ = wait(t.Context(), time.Duration(i)*100*time.Microsecond)
				told, _, _ := g.join(t.Context(), eventlog.Append{Subject: fmt.Sprint("incident.", i), Data: make([]byte, groupBytes/2)}, s.open)
				if !told.stored {
					g.leave()
				}
			})
		}
		all.Wait()
		if len(s.batches) == 0 || len(s.batches[0]) != 2 || s.sentAt[0] > 2*groupStep {
			t.Fatalf("batches %q, the first begun after %v", s.batches, s.sentAt)
		}
		if took := time.Since(s.began); took > 8*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}
