package alert_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func silenced(until int64) *signalv1.SuppressedBy {
	return &signalv1.SuppressedBy{Kind: "silence", Id: "s1", Name: "known", UntilUs: until, AtUs: 1_700_000_001_000_000}
}

// TestAnAlertFiresSuppressed: that it fired and that it is suppressed become visible
// together, so nobody takes it for one that calls.
func TestAnAlertFiresSuppressed(t *testing.T) {
	s, log := newService()
	request := fire("")
	request.SuppressedBy = silenced(9)
	first, err := s.RecordAlertFired(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := log.Load(t.Context(), "alert."+first.GetAlertId(), 0)
	if err != nil || len(messages) != 1 {
		t.Fatalf("%d messages, %v", len(messages), err)
	}
	verifyChain(t, log, first.GetAlertId(), 2)
	by := &signalv1.RecordAlertSuppressedRequest{AlertId: first.GetAlertId(), By: silenced(9)}
	for i, until := range []int64{9, 10, 10} {
		by.By.UntilUs = until
		answer, err := s.RecordAlertSuppressed(t.Context(), by)
		if err != nil || answer.GetUnchanged() != (i != 1) {
			t.Errorf("until %d: %v, %v", until, answer, err)
		}
	}
	calls := &signalv1.RecordAlertUnsuppressedRequest{AlertId: first.GetAlertId(), AtUs: 11, IncidentId: "i", Group: "g"}
	for i := range 2 {
		answer, err := s.RecordAlertUnsuppressed(t.Context(), calls)
		if err != nil || answer.GetUnchanged() != (i == 1) || answer.GetIncidentId() != "i" {
			t.Errorf("it calls again, %d: %v, %v", i, answer, err)
		}
	}
	verifyChain(t, log, first.GetAlertId(), 4)
}

func TestWhatIsOverIsNotSuppressed(t *testing.T) {
	s, log := newService()
	request := fire("")
	request.SuppressedBy = silenced(9)
	first, err := s.RecordAlertFired(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	id := first.GetAlertId()
	if _, err := s.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: 1_700_000_100_000_000}); err != nil {
		t.Fatal(err)
	}
	suppressed, err := s.RecordAlertSuppressed(t.Context(), &signalv1.RecordAlertSuppressedRequest{AlertId: id, By: silenced(10)})
	calls, err2 := s.RecordAlertUnsuppressed(t.Context(), &signalv1.RecordAlertUnsuppressedRequest{AlertId: id, IncidentId: "i"})
	calmed, err3 := s.RecordAlertCalmed(t.Context(), &signalv1.RecordAlertCalmedRequest{AlertId: id})
	if err != nil || err2 != nil || err3 != nil || !suppressed.GetUnchanged() || !calls.GetUnchanged() || !calmed.GetUnchanged() {
		t.Errorf("%v %v %v %v %v %v", suppressed, calls, calmed, err, err2, err3)
	}
	verifyChain(t, log, id, 3)
}

func TestWhatWasFlappingCalmsOnce(t *testing.T) {
	s, log := newService()
	request := fire("i")
	request.Flapping = &signalv1.FlappingNow{Episodes: 4, SinceUs: 1_700_000_000_000_000, WindowUs: 1_800_000_000}
	first, err := s.RecordAlertFired(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	calm := func(want bool) {
		t.Helper()
		answer, err := s.RecordAlertCalmed(t.Context(), &signalv1.RecordAlertCalmedRequest{AlertId: first.GetAlertId(), AtUs: 1_700_002_000_000_000})
		if err != nil || answer.GetUnchanged() == want {
			t.Errorf("calmed %v, %v", answer, err)
		}
	}
	calm(false) // it fires
	if _, err := s.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: first.GetAlertId(), EndsAtUs: 1_700_000_100_000_000}); err != nil {
		t.Fatal(err)
	}
	calm(true)
	calm(false)
	verifyChain(t, log, first.GetAlertId(), 3)
}

func TestWhatNeverFiredIsRefused(t *testing.T) {
	s, _ := newService()
	_, suppressed := s.RecordAlertSuppressed(t.Context(), &signalv1.RecordAlertSuppressedRequest{AlertId: "x", By: silenced(9)})
	_, calls := s.RecordAlertUnsuppressed(t.Context(), &signalv1.RecordAlertUnsuppressedRequest{AlertId: "x"})
	_, calmed := s.RecordAlertCalmed(t.Context(), &signalv1.RecordAlertCalmedRequest{AlertId: "x"})
	for _, err := range []error{suppressed, calls, calmed} {
		if status.Code(err) != codes.FailedPrecondition {
			t.Errorf("got %v, want FailedPrecondition", err)
		}
	}
}
