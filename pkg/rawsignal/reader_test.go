package rawsignal_test

import (
	"context"
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

// storm is a stream with a signal each two milliseconds, which counts what is asked of it.
type storm struct {
	jetstream.Stream

	began  time.Time
	stored map[uint64]string // ids of some
	last   uint64
	asked  int
}

func (s *storm) Info(context.Context, ...jetstream.StreamInfoOpt) (*jetstream.StreamInfo, error) {
	return &jetstream.StreamInfo{State: jetstream.StreamState{FirstSeq: 1, LastSeq: s.last}}, nil
}

func (s *storm) at(sequence uint64) time.Time {
	return s.began.Add(time.Duration(sequence) * 2 * time.Millisecond)
}

func (s *storm) GetMsg(_ context.Context, sequence uint64, _ ...jetstream.GetMsgOpt) (*jetstream.RawStreamMsg, error) {
	s.asked++
	data, err := proto.Marshal(&signalv1.RawSignal{Id: s.stored[sequence], Source: "grafana"})
	return &jetstream.RawStreamMsg{Subject: "signal.grafana", Sequence: sequence, Time: s.at(sequence), Data: data}, err
}

// idAt is an id that was made at a time.
func idAt(t *testing.T, at time.Time) string {
	t.Helper()
	made, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	ms := at.UnixMilli()
	for i := range 6 {
		made[i] = byte(ms >> (40 - 8*i))
	}
	return made.String()
}

// TestWhatIsNearIsLookedAtFirst: in a storm few messages are read for one signal; one that
// was stored late, or by a clock that is off, is found all the same.
func TestWhatIsNearIsLookedAtFirst(t *testing.T) {
	t.Parallel()
	s := &storm{began: time.Now(), stored: map[uint64]string{}, last: 20_000}
	r := rawsignal.Of(s)
	for name, c := range map[string]struct {
		stored time.Duration // after the id was made
		most   int
	}{"at once": {10 * time.Millisecond, 200}, "late": {9 * time.Second, 10_000}, "by a clock that is off": {-4 * time.Second, 10_000}} {
		const sequence = 10_000
		id := idAt(t, s.at(sequence).Add(-c.stored))
		s.stored[sequence], s.asked = id, 0
		if got, err := r.Find(t.Context(), id); err != nil || got.GetId() != id || s.asked > c.most {
			t.Errorf("%s: %v, %v after %d messages", name, got, err, s.asked)
		}
	}
	if _, err := r.Find(t.Context(), idAt(t, s.at(10_000))); !errors.Is(err, rawsignal.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}
