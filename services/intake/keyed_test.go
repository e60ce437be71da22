package intake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/jetstream"
)

// pagerRoute takes what is sent by PagerDuty's protocol.
const pagerRoute = `
kind: Route
name: pager
spec: {match: {component: checkout}, source: pagerduty, service: checkout, severity: SEV-1}
`

// event is an event of a key by PagerDuty's protocol.
func event(token, action, key string) string {
	return fmt.Sprintf(`{"routing_key":%q,"event_action":%q,"dedup_key":%q,"payload":{"summary":"Disk full","source":"db","severity":"error","component":"checkout"}}`,
		token, action, key)
}

// page sends an event and wants it to be accepted.
func (s *system) page(action, key string) {
	s.t.Helper()
	answer, err := http.Post(s.url+"/v2/enqueue", "application/json", strings.NewReader(event(s.token, action, key)))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusAccepted {
		s.t.Fatalf("answered %s, %v", answer.Status, err)
	}
}

// TestAKeyIsOneAlertWhileItIsOpen: the promises of PagerDuty's Events API.
func TestAKeyIsOneAlertWhileItIsOpen(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, pagerRoute)...)
	s.page("resolve", "a") // of nothing
	s.page("trigger", "a")
	s.page("trigger", "a") // an update
	s.page("acknowledge", "a")
	got := s.handled("m1")
	if acks := s.acknowledged(); len(acks) != 1 || acks[0].By == "" || acks[0].SignalID == "" {
		t.Fatalf("acknowledged: %+v", acks)
	}
	if len(got) != 1 || got[0].Status != incident.StatusTriage || got[0].Severity != incident.SEV1 || got[0].Title != "Disk full" {
		t.Fatalf("incidents %+v", got)
	}
	s.page("trigger", "b") // another key is another alert
	if got = s.handled("m2"); len(got) != 2 {
		t.Fatalf("%d incidents, want one for each key", len(got))
	}
	s.page("resolve", "a")
	s.page("resolve", "a")
	s.page("trigger", "a") // after its end it is a new one
	if got = s.handled("m3"); len(got) != 3 {
		t.Fatalf("%d incidents, want another one", len(got))
	}
	open := 0
	for _, i := range got {
		if i.Open() {
			open++
		}
	}
	if open != 2 {
		t.Fatalf("%d are open, want those of b and of the new a", open)
	}
	if acks := s.acknowledged(); len(acks) != 1 {
		t.Fatalf("acknowledged, though the new one was not: %+v", acks)
	}
}

// acknowledged are the acknowledgments in the log, one for each alert that has one.
func (s *system) acknowledged() []alert.Acknowledged {
	s.t.Helper()
	subjects, err := s.log.Subjects(s.t.Context(), eventlog.FilterAlerts)
	if err != nil {
		s.t.Fatal(err)
	}
	var found []alert.Acknowledged
	for _, subject := range subjects {
		messages, err := s.log.Load(s.t.Context(), subject, 0)
		if err != nil {
			s.t.Fatal(err)
		}
		var state alert.State
		for _, m := range messages {
			if state, err = alert.Fold(state, m.Data); err != nil {
				s.t.Fatal(err)
			}
		}
		if state.IsAcknowledged() {
			found = append(found, state.Acknowledged)
		}
	}
	return found
}

// TestSignalsOfKeysAreHandledAgain: a process that died handles again what it had handled
// already. An end does not end what began after it, and what follows from it follows.
func TestSignalsOfKeysAreHandledAgain(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, pagerRoute)...)
	js, err := natsjs.New(s.server.Conn(natsserver.UserIntake))
	if err != nil {
		t.Fatal(err)
	}
	store, err := jetstream.Open(t.Context(), js, jetstream.Options{})
	if err != nil {
		t.Fatal(err)
	}
	actions := []string{"trigger", "acknowledge", "resolve", "trigger", "trigger"}
	begin := time.Now()
	put := func(n int) {
		t.Helper()
		err := store.Put(t.Context(), &signalv1.RawSignal{
			Id: fmt.Sprintf("00000000-0000-7000-8000-%012d", n), Source: "pagerduty", Principal: "x",
			ReceivedAtUs: begin.Add(time.Duration(n) * time.Second).UnixMicro(), Body: []byte(event("hidden", actions[n], "a")),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var first []incident.State
	for n := range 4 {
		put(n)
		first = s.handled(fmt.Sprint("m", n))
	}
	if len(first) != 2 || first[0].Open() == first[1].Open() {
		t.Fatalf("incidents %+v", first)
	}
	for n := range actions {
		put(n)
	}
	if again := s.handled("again"); len(again) != 2 || again[0].Open() == again[1].Open() {
		t.Fatalf("handled again: %+v", again)
	}
	if acks := s.acknowledged(); len(acks) != 1 || acks[0].By != "x" {
		t.Fatalf("acknowledged: %+v; want the first alert only", acks)
	}
}
