package intake_test

import (
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/jetstream"
)

// TestARingIsAnsweredBeforeWhatCameAfterIt: a process that died while a silenced alert was
// let call may have declared the incident already. The ring comes again in one batch with
// the end of the alert, which then has to find the incident.
func TestARingIsAnsweredBeforeWhatCameAfterIt(t *testing.T) {
	s := newSystem(t)
	s.silence("Silence", "known", ofErrors, time.Hour)
	s.send(alertJSON("a", t0, ""))
	s.handled("m1")
	s.stop()
	s.clock.pass(2 * time.Hour)
	js, err := natsjs.New(s.server.Conn(natsserver.UserIntake))
	if err != nil {
		t.Fatal(err)
	}
	store, err := jetstream.Open(t.Context(), js, jetstream.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := s.clock.now().UnixMicro()
	for _, signal := range []*signalv1.RawSignal{
		{Id: "00000000-0000-7000-8000-000000000001", Source: "keeper", ReceivedAtUs: at, Due: true, Replayed: true},
		{
			Id: "ffffffff-ffff-7fff-8fff-ffffffffffff", Source: "alertmanager", ReceivedAtUs: at,
			Body: []byte(`{"version":"4","groupKey":"g","alerts":[` + alertJSON("a", t0, t1) + `]}`),
		},
	} {
		if err := store.Put(t.Context(), signal); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	got := s.handled("m2")
	if len(got) != 1 || got[0].Open() {
		t.Fatalf("incidents %+v, want one that resolved itself", got)
	}
	if a := s.life("ended", "a", alert.State.Ended); a.Incident() != string(got[0].ID) {
		t.Errorf("the alert %+v does not know its incident %s", a, got[0].ID)
	}
}
