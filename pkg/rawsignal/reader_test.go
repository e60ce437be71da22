package rawsignal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/rawsignal"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func handle(t *testing.T, server *natstest.Server, user natsserver.User) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(server.Conn(user))
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func id(t *testing.T) string {
	t.Helper()
	made, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return made.String()
}

// TestTheNotifierFindsSignals that stand alone or share a message, with the rights that it
// has, and no others.
func TestTheNotifierFindsSignals(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	writes := handle(t, server, natsserver.UserIntake)
	r, err := rawsignal.Open(t.Context(), handle(t, server, natsserver.UserNotifier))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Find(t.Context(), id(t)); !errors.Is(err, rawsignal.ErrNotFound) {
		t.Errorf("in an empty stream: %v", err)
	}
	var ids []string
	for n := range 40 {
		s := &signalv1.RawSignal{Id: id(t), Source: "grafana", Body: []byte{byte(n)}}
		if n%3 == 0 {
			s.More = []*signalv1.RawSignal{{Id: id(t), Source: "grafana", Body: []byte{byte(n)}}}
			ids = append(ids, s.GetMore()[0].GetId())
		}
		ids = append(ids, s.GetId())
		data, err := proto.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := writes.Publish(t.Context(), "signal.grafana", data); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range ids {
		if s, err := r.Find(t.Context(), one); err != nil || s.GetId() != one || len(s.GetBody()) != 1 || len(s.GetMore()) != 0 {
			t.Errorf("found %v, %v", s, err)
		}
	}
	for _, none := range []string{"", "a", uuid.NewString(), id(t)} {
		if s, err := r.Find(t.Context(), none); !errors.Is(err, rawsignal.ErrNotFound) {
			t.Errorf("%q: %v, %v", none, s, err)
		}
	}
}

// TestSignalsThatCannotBeReached are not said to be gone.
func TestSignalsThatCannotBeReached(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	js, err := jetstream.New(server.Conn(natsserver.UserReader), jetstream.WithDefaultTimeout(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rawsignal.Open(t.Context(), js); !errors.Is(err, rawsignal.ErrUnavailable) {
		t.Errorf("who may not read: %v", err)
	}
}
