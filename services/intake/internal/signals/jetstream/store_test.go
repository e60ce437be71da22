package jetstream_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	js "github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/jetstream"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/signalstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	for _, id := range []string{"a", "b", "c"} {
		if err := store.Put(t.Context(), &signalv1.RawSignal{Id: id, Source: "alertmanager"}); err != nil {
			t.Fatal(err)
		}
	}
	signalstest.Collect(t, store, 1)
	server.Restart(nil)
	if got := signalstest.Collect(t, open(t, server), 1); got[0] != "b" {
		t.Fatalf("after a restart: %v, want b", got)
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
