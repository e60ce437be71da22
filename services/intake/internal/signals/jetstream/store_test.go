package jetstream_test

import (
	"bytes"
	"errors"
	"strconv"
	"testing"
	"time"

	js "github.com/nats-io/nats.go/jetstream"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/jetstream"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/signalstest"
)

// open opens the store as the service does, with the rights that it has.
func open(t *testing.T, server *natstest.Server) *jetstream.Store {
	t.Helper()
	handle, err := js.New(server.Conn(natsserver.UserIntake))
	if err != nil {
		t.Fatal(err)
	}
	store, err := jetstream.Open(t.Context(), handle, jetstream.Options{AckWait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func start(t *testing.T) *natstest.Server {
	t.Helper()
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	return server
}

func TestStore(t *testing.T) {
	signalstest.Run(t, func(t *testing.T) signals.Store { return open(t, start(t)) })
}

func TestPositionSurvivesRestart(t *testing.T) {
	server := start(t)
	store := open(t, server)
	signalstest.Put(t, store, 0, 1)
	signalstest.Collect(t, store, 1)
	signalstest.Put(t, store, 1, 3)
	server.Restart(nil)
	if got := signalstest.First(t, open(t, server)); got[0] != "1" {
		t.Fatalf("after a restart: %v, want 1 first", got)
	}
}

// TestOnceSurvivesRestart: what is stored once is known to another process after a restart
// of the server, too.
func TestOnceSurvivesRestart(t *testing.T) {
	server := start(t)
	signal := &signalv1.RawSignal{Id: "a", Source: "github", Body: []byte("body"), Once: "x"}
	if err := open(t, server).Put(t.Context(), signal); err != nil {
		t.Fatal(err)
	}
	server.Restart(nil)
	store := open(t, server)
	if err := store.Put(t.Context(), signal); !errors.Is(err, signals.ErrRepeated) {
		t.Errorf("after a restart: %v, want %v", err, signals.ErrRepeated)
	}
	if got := signalstest.Collect(t, store, 1); len(got) != 1 {
		t.Errorf("handed over %v", got)
	}
}

// TestFullStoreRefuses stores until half of the room waits: then nothing is taken,
// and nothing that was taken is pushed out, until something is handled.
func TestFullStoreRefuses(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{SignalBytes: 8 << 20})
	store := open(t, server)
	body := bytes.Repeat([]byte("x"), 200<<10)
	taken := 0
	for {
		err := store.Put(t.Context(), &signalv1.RawSignal{Id: strconv.Itoa(taken), Source: "alertmanager", Body: body})
		if errors.Is(err, signals.ErrFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if taken++; taken > 100 {
			t.Fatal("it never refuses")
		}
	}
	if taken < 15 || taken > 22 {
		t.Errorf("%d of 200 KiB fit into half of 8 MiB", taken)
	}
	if b, err := store.Backlog(t.Context()); err != nil || b.Share < 0.45 {
		t.Errorf("backlog %+v, %v", b, err)
	}
	got := signalstest.Collect(t, store, taken)
	for i, id := range got {
		if id != strconv.Itoa(i) {
			t.Fatalf("lost: %v", got)
		}
	}
	if _, err := store.Backlog(t.Context()); err != nil { // notes what is handled
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), &signalv1.RawSignal{Source: "alertmanager", Body: body}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestWithoutRoomOnTheDiskNothingIsTaken(t *testing.T) {
	handle, err := js.New(start(t).Conn(natsserver.UserIntake))
	if err != nil {
		t.Fatal(err)
	}
	store, err := jetstream.Open(t.Context(), handle, jetstream.Options{HasRoom: func() bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), &signalv1.RawSignal{Source: "alertmanager"}); !errors.Is(err, signals.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
}

// TestUnreadableMessageIsPassedOn stores what is no signal.
func TestUnreadableMessageIsPassedOn(t *testing.T) {
	server := start(t)
	store := open(t, server)
	if err := server.Conn(natsserver.UserIntake).Publish("signal.alertmanager", []byte{0xff}); err != nil {
		t.Fatal(err)
	}
	awaitMessages(t, store, 1)
	signalstest.Put(t, store, 0, 1)
	if got := signalstest.Collect(t, store, 2); got[0] != "" || got[1] != "0" {
		t.Errorf("got %q", got)
	}
}

func awaitMessages(t *testing.T, store *jetstream.Store, want uint64) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		b, err := store.Backlog(t.Context())
		if err == nil && b.Signals == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("backlog %+v, %v", b, err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	store := open(t, start(t))
	err := store.Put(t.Context(), &signalv1.RawSignal{Source: "alertmanager", Body: bytes.Repeat([]byte("x"), 2<<20)})
	if !errors.Is(err, signals.ErrTooLarge) {
		t.Fatalf("got %v, want ErrTooLarge", err)
	}
}

func TestServerGone(t *testing.T) {
	server := start(t)
	store := open(t, server)
	server.Close()
	err := store.Put(t.Context(), &signalv1.RawSignal{Source: "alertmanager"})
	if !errors.Is(err, signals.ErrUnavailable) {
		t.Fatalf("got %v, want ErrUnavailable", err)
	}
}
