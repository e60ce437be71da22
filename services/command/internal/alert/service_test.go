package alert_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pkgalert "github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/alert"
)

func newService() (*alert.Service, *memory.Log) {
	log := memory.New(memory.Options{})
	s := &alert.Service{
		Log: log, Now: time.Now, Random: rand.Reader, Actor: func(context.Context) string { return "intake" },
		Incident: func(context.Context, incident.ID) (incident.State, error) { return incident.State{}, nil },
	}
	by(s, "intake")
	return s, log
}

// decoded is the event of a message that has one.
func decoded(t *testing.T, data []byte) any {
	t.Helper()
	commit, err := chain.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	e, err := commit.Records[0].Envelope()
	if err != nil {
		t.Fatal(err)
	}
	event, err := pkgalert.Decode(e.Type, commit.Records[0])
	if err != nil {
		t.Fatal(err)
	}
	return event
}

func fire(incident string) *signalv1.RecordAlertFiredRequest {
	return &signalv1.RecordAlertFiredRequest{
		Source: "alertmanager", Fingerprint: "f", StartsAtUs: 1_700_000_000_000_000, IncidentId: incident, Title: "5xx",
	}
}

func TestAnAlertFiresOnceAndEndsOnce(t *testing.T) {
	s, log := newService()
	first, err := s.RecordAlertFired(t.Context(), fire("a"))
	if err != nil || first.GetUnchanged() || first.GetPosition() == "" {
		t.Fatalf("first: %v, %v", first, err)
	}
	again, err := s.RecordAlertFired(t.Context(), fire("b"))
	if err != nil || !again.GetUnchanged() || again.GetIncidentId() != "a" || again.GetAlertId() != first.GetAlertId() {
		t.Fatalf("again: %v, %v", again, err)
	}
	end := &signalv1.RecordAlertResolvedRequest{AlertId: first.GetAlertId(), EndsAtUs: 1_700_000_100_000_000}
	for i := range 2 {
		answer, err := s.RecordAlertResolved(t.Context(), end)
		if err != nil || answer.GetUnchanged() != (i == 1) {
			t.Fatalf("end %d: %v, %v", i, answer, err)
		}
	}
	verifyChain(t, log, first.GetAlertId(), 2)
}

func verifyChain(t *testing.T, log *memory.Log, id string, revision uint64) {
	t.Helper()
	messages, err := log.Load(t.Context(), "alert."+id, 0)
	if err != nil {
		t.Fatal(err)
	}
	v := chain.NewVerifier("alert." + id)
	for _, m := range messages {
		if err := v.Commit(m.Data); err != nil {
			t.Fatal(err)
		}
	}
	if v.Head().Revision != revision {
		t.Fatalf("%d events, want %d", v.Head().Revision, revision)
	}
}

func TestAnAlertThatNeverFiredCannotEnd(t *testing.T) {
	s, _ := newService()
	_, err := s.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: "x"})
	if status.Code(err) != codes.FailedPrecondition {
		t.Fatalf("got %v, want FailedPrecondition", err)
	}
}

func TestManyWritersFireOneAlertOnce(t *testing.T) {
	s, log := newService()
	var wg sync.WaitGroup
	var mu sync.Mutex
	written, id := 0, ""
	for range 8 {
		wg.Go(func() {
			answer, err := s.RecordAlertFired(t.Context(), fire("a"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			id = answer.GetAlertId()
			if !answer.GetUnchanged() {
				written++
			}
		})
	}
	wg.Wait()
	if written != 1 {
		t.Fatalf("written %d times, want once", written)
	}
	verifyChain(t, log, id, 1)
}
