package beats_test

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	js "github.com/nats-io/nats.go/jetstream"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
)

func TestMain(m *testing.M) { os.Exit(natstest.Main(m)) }

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// open opens the store as the service does, with the rights that it has.
func open(t *testing.T, server *natstest.Server, hasRoom func() bool) (*beats.Store, js.Stream) {
	t.Helper()
	handle, err := js.New(server.Conn(natsserver.UserIntake))
	if err != nil {
		t.Fatal(err)
	}
	store, err := beats.Open(t.Context(), handle, hasRoom)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := handle.Stream(t.Context(), eventlogjs.StreamHeartbeats)
	if err != nil {
		t.Fatal(err)
	}
	return store, stream
}

// TestTheLastPingIsKept over a restart of the servers, and the ones before take no room.
func TestTheLastPingIsKept(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	store, stream := open(t, server, nil)
	if last, err := store.Last(t.Context(), "a"); err != nil || !last.IsZero() {
		t.Fatalf("before the first ping: %s, %v", last, err)
	}
	for n := range 300 {
		if err := store.Ping(t.Context(), "a", "tester", noon.Add(time.Duration(n)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Ping(t.Context(), "b", "tester", noon); err != nil {
		t.Fatal(err)
	}
	if info, err := stream.Info(t.Context()); err != nil || info.State.Msgs != 2 {
		t.Errorf("%d messages of two heartbeats; %v", info.State.Msgs, err)
	}
	server.Restart(nil)
	store, _ = open(t, server, nil)
	for id, want := range map[string]time.Time{"a": noon.Add(299 * time.Second), "b": noon} {
		if last, err := store.Last(t.Context(), id); err != nil || !last.Equal(want) {
			t.Errorf("%s: %s, want %s; %v", id, last, want, err)
		}
	}
}

// TestHearingIsShared: several processes say at the same time that they hear, and a gap is
// noted once.
func TestHearingIsShared(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	store, _ := open(t, server, nil)
	for _, now := range []time.Time{noon, noon.Add(10 * time.Second), noon.Add(time.Hour)} {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := store.Hear(t.Context(), now, beats.Silence); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	hearing, err := store.Hearing(t.Context())
	want := heartbeat.Gap{Begin: noon.Add(10 * time.Second), End: noon.Add(time.Hour)}
	if err != nil || len(hearing.Gaps) != 1 || hearing.Gaps[0] != want {
		t.Errorf("%+v, want %+v; %v", hearing.Gaps, want, err)
	}
}

// TestAFullDiskTakesNoPing: the servers would stop serving streams.
func TestAFullDiskTakesNoPing(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	store, _ := open(t, server, func() bool { return false })
	if err := store.Ping(t.Context(), "a", "tester", noon); !errors.Is(err, beats.ErrUnavailable) {
		t.Errorf("a ping: %v", err)
	}
	if _, err := store.Hear(t.Context(), noon, beats.Silence); !errors.Is(err, beats.ErrUnavailable) {
		t.Errorf("it hears: %v", err)
	}
}
