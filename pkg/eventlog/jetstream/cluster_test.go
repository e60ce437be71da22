package jetstream_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

func TestMain(m *testing.M) {
	code := natstest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func TestConformanceOnThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	// Each case needs an empty log, which takes a right that no user of production
	// has.
	open := func(config jetstream.Config) eventlog.Log {
		cluster.Reset()
		return cluster.Log(config, jetstream.Options{})
	}
	eventlogtest.Run(t, eventlogtest.Harness{
		New: func(*testing.T) eventlog.Log { return open(jetstream.Config{}) },
		NewLimited: func(_ *testing.T, maxBytes uint64) eventlog.Log {
			return open(jetstream.Config{LogBytes: int64(maxBytes)})
		},
		Lose: func(t *testing.T, _ eventlog.Log, sequence uint64) {
			loseThrough(t, cluster.Conn(natsserver.UserCommand), sequence)
		},
	})
}

// TestTailThroughTheDeathOfTheLeader appends while the leader is killed and
// started again; nothing acknowledged may be missing, doubled or out of order.
func TestTailThroughTheDeathOfTheLeader(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	log := cluster.Log(jetstream.Config{}, jetstream.Options{AttemptTimeout: time.Second, Heartbeat: 500 * time.Millisecond})
	reader := natstest.OpenLog(t, cluster.Conn(natsserver.UserReader), jetstream.Options{Heartbeat: 500 * time.Millisecond})

	const before, after = 50, 50
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	a := eventlogtest.NewAggregate(t, "incident.a")
	acked := make([]eventlog.Position, 0, before+after)
	appendOne := func() {
		request := a.Seal("entry")
		position, err := log.Append(ctx, request)
		if err != nil {
			t.Fatalf("append %d: %v", len(acked)+1, err)
		}
		a.Accept(request, position)
		acked = append(acked, position)
	}
	var read []eventlog.Position
	done := make(chan error, 1)
	go func() {
		done <- reader.Tail(ctx, eventlog.Position{}, func(m eventlog.Message) error {
			p, err := m.Position()
			if read = append(read, p); err == nil && len(read) == before+after {
				return errEnough
			}
			return err
		})
	}()
	for range before {
		appendOne()
	}
	leader := cluster.Leader()
	leader.Kill()
	for range after / 2 {
		appendOne()
	}
	cluster.Start(leader)
	for range after / 2 {
		appendOne()
	}
	if err := <-done; err != errEnough { //nolint:errorlint // the very error comes back
		t.Fatalf("tail: %v after %d messages", err, len(read))
	}
	for i, p := range acked {
		if read[i] != p {
			t.Fatalf("message %d is %v, acknowledged was %v", i+1, read[i], p)
		}
	}
}
