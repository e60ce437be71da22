package change_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/chain"
	domain "github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/change"
)

const began = 1_700_000_000_000_000

func newService() (*change.Service, *memory.Log) {
	log := memory.New(memory.Options{})
	return &change.Service{
		Log: log, Now: time.Now, Random: rand.Reader, Caller: func(_ context.Context, onBehalfOf string) (string, string, error) {
			return cmp.Or(onBehalfOf, "intake"), "intake", nil
		},
	}, log
}

func deploy(outcome signalv1.ChangeOutcome, signal string) *signalv1.RecordChangeRequest {
	r := &signalv1.RecordChangeRequest{
		Source: "github", Key: "acme/checkout/1", Kind: signalv1.ChangeKind_CHANGE_KIND_DEPLOYMENT, Service: "checkout",
		StartedAtUs: began, Outcome: outcome, SignalId: signal, Title: "Deploy v42",
	}
	if outcome != signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED {
		r.EndedAtUs = began + 1_000_000
	}
	return r
}

// state folds what is in the log and verifies its chain.
func state(t *testing.T, log eventlog.Log, id string) domain.State {
	t.Helper()
	messages, err := log.Load(t.Context(), domain.Subject(id), 0)
	if err != nil {
		t.Fatal(err)
	}
	var s domain.State
	v := chain.NewVerifier(domain.Subject(id))
	for _, m := range messages {
		if err := v.Commit(m.Data); err != nil {
			t.Fatal(err)
		}
		if s, err = domain.Fold(s, m.Data); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestReportsAreWrittenOnce(t *testing.T) {
	s, log := newService()
	started, succeeded := signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED, signalv1.ChangeOutcome_CHANGE_OUTCOME_SUCCEEDED
	var id string
	for i, step := range []struct {
		request   *signalv1.RecordChangeRequest
		unchanged bool
	}{
		{deploy(started, "a"), false},
		{deploy(started, "b"), true},
		{deploy(succeeded, "c"), false},
		{deploy(started, "d"), true}, // told again, too late
		{deploy(succeeded, "e"), true},
	} {
		answer, err := s.RecordChange(t.Context(), step.request)
		if err != nil || answer.GetUnchanged() != step.unchanged || (answer.GetPosition() == "") != step.unchanged {
			t.Fatalf("step %d: %v, %v", i, answer, err)
		}
		if id == "" {
			id = answer.GetChangeId()
		}
		if answer.GetChangeId() != id {
			t.Fatalf("step %d: change %s, want %s", i, answer.GetChangeId(), id)
		}
	}
	if got := state(t, log, id); got.Head.Revision != 2 || got.Known.Outcome != domain.Succeeded || got.Known.Title != "Deploy v42" {
		t.Errorf("in the log: %+v", got)
	}
}

// TestReportsWithoutATimeAreOfNow: a further stage is dated, a repetition is not.
func TestReportsWithoutATimeAreOfNow(t *testing.T) {
	s, log := newService()
	now := time.Unix(1_800_000_000, 0)
	s.Now = func() time.Time { return now }
	var id string
	for i, outcome := range []signalv1.ChangeOutcome{
		signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED, signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED,
		signalv1.ChangeOutcome_CHANGE_OUTCOME_SUCCEEDED, signalv1.ChangeOutcome_CHANGE_OUTCOME_SUCCEEDED,
	} {
		answer, err := s.RecordChange(t.Context(), &signalv1.RecordChangeRequest{Source: "manual", Key: "k", Title: "Flag on", Outcome: outcome})
		if err != nil || answer.GetUnchanged() != (i%2 == 1) {
			t.Fatalf("report %d: %v, %v", i, answer, err)
		}
		id, now = answer.GetChangeId(), now.Add(time.Hour)
	}
	if k := state(t, log, id).Known; k.StartedAt.Unix() != 1_800_000_000 || k.EndedAt.Unix() != 1_800_000_000+2*3600 {
		t.Errorf("began %v, ended %v", k.StartedAt, k.EndedAt)
	}
}

func TestManyWritersRecordOneReportOnce(t *testing.T) {
	s, log := newService()
	var wg sync.WaitGroup
	var mu sync.Mutex
	written, id := 0, ""
	for range 8 {
		wg.Go(func() {
			answer, err := s.RecordChange(t.Context(), deploy(signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED, "a"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			id = answer.GetChangeId()
			if !answer.GetUnchanged() {
				written++
			}
		})
	}
	wg.Wait()
	if got := state(t, log, id); written != 1 || got.Head.Revision != 1 {
		t.Fatalf("written %d times, %d events; want once", written, got.Head.Revision)
	}
}

func TestALaterVersionsChangeIsLeftAlone(t *testing.T) {
	s, log := newService()
	subject := domain.Subject(domain.ID("github", "acme/checkout/1"))
	d := chain.Draft{EventID: "e", Type: "change.reverted"}
	data, _, err := chain.Seal(chain.Head{}, subject, []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(t.Context(), eventlog.Append{Subject: subject, Data: data}); err != nil {
		t.Fatal(err)
	}
	_, err = s.RecordChange(t.Context(), deploy(signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED, "a"))
	if status.Code(err) != codes.FailedPrecondition {
		t.Fatalf("got %v, want FailedPrecondition", err)
	}
}
