package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// TestGroupedAppends sends many more appends at once than go out by themselves,
// a tenth of which must conflict, and some on one subject: each caller gets its
// own answer, and the log holds exactly what was acknowledged.
func TestGroupedAppends(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	hot := eventlogtest.NewAggregate(t, "incident.hot")
	hot.Append(log, "declared")
	const callers = 400
	requests := make([]eventlog.Append, callers)
	for i := range requests {
		from := eventlogtest.NewAggregate(t, fmt.Sprintf("incident.g%d", i))
		if i%10 == 0 {
			from = hot // one of them wins
		}
		requests[i] = from.Seal(fmt.Sprint(i))
	}
	positions, failures := make([]eventlog.Position, callers), make([]error, callers)
	var group sync.WaitGroup
	for i, r := range requests {
		group.Go(func() { positions[i], failures[i] = log.Append(t.Context(), r) })
	}
	group.Wait()
	won := 0
	for i, r := range requests {
		if i%10 == 0 && errors.Is(failures[i], eventlog.ErrConflict) {
			continue
		}
		if failures[i] != nil {
			t.Fatalf("append %d: %v", i, failures[i])
		}
		if i%10 == 0 {
			won++
		}
		m, err := log.At(t.Context(), positions[i].Sequence)
		if err != nil || m.Subject != r.Subject || !eventlog.SameCommit(m.Data, r.Data) {
			t.Fatalf("append %d is said to be at %d, where there is %s (%v)", i, positions[i].Sequence, m.Subject, err)
		}
	}
	info, err := log.Info(t.Context())
	if err != nil || won != 1 || info.Messages != callers*9/10+2 {
		t.Fatalf("%d winners, %d messages (%v)", won, info.Messages, err)
	}
}

// TestGroupedAppendsEndInTime cancels callers while batches are under way.
func TestGroupedAppendsEndInTime(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for i := range 300 {
		request := eventlogtest.NewAggregate(t, fmt.Sprintf("incident.c%d", i)).Seal("x")
		group.Go(func() {
			_, err := log.Append(ctx, request)
			if i == 150 {
				cancel()
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("append %d: %v", i, err)
			}
		})
	}
	group.Wait()
	cancel()
	// The group still works for those who come after.
	for i := range 40 {
		group.Go(func() {
			a := eventlogtest.NewAggregate(t, fmt.Sprintf("incident.d%d", i))
			if _, err := log.Append(t.Context(), a.Seal("x")); err != nil {
				t.Errorf("append after: %v", err)
			}
		})
	}
	group.Wait()
	if head, err := natstest.OpenLog(t, server.Conn(natsserver.UserReader), jetstream.Options{}).Head(t.Context()); err != nil || head.Sequence < 40 {
		t.Fatalf("head %v (%v)", head, err)
	}
}

// TestLoneAppendAfterACrowd sends appends one by one right after a batch whose
// callers do not come back: none waits for them for ever.
func TestLoneAppendAfterACrowd(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	for round := range 5 {
		var group sync.WaitGroup
		for i := range 100 {
			a := eventlogtest.NewAggregate(t, fmt.Sprintf("incident.e%d-%d", round, i))
			request := a.Seal("x")
			group.Go(func() {
				if _, err := log.Append(t.Context(), request); err != nil {
					t.Errorf("append %d: %v", i, err)
				}
			})
		}
		group.Wait()
		lone := eventlogtest.NewAggregate(t, fmt.Sprintf("incident.lone%d", round))
		for n := range 3 {
			lone.Append(log, fmt.Sprint(n))
		}
	}
}
