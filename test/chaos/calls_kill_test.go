package chaos_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// TestCallsKilledWhileTheyAreStored kills the whole process with SIGKILL before and after
// what came over gRPC is stored, and before it is answered. The caller calls again; the
// alert has fired once, and the change is there once.
func TestCallsKilledWhileTheyAreStored(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	for _, point := range []string{"intake.received", "intake.stored"} {
		t.Run(point, func(t *testing.T) { callKilledAt(t, s, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

func callKilledAt(t *testing.T, s *system.System, point string) {
	alerts := &signalv1.SendAlertsRequest{Alerts: []*signalv1.SentAlert{{
		Fingerprint: point, State: signalv1.SentAlertState_SENT_ALERT_STATE_FIRING, Title: point, Labels: map[string]string{"alertname": point},
	}}}
	changes := &signalv1.SendChangesRequest{Changes: []*signalv1.SentChange{{
		Key: point, Title: point, Outcome: signalv1.ChangeOutcome_CHANGE_OUTCOME_SUCCEEDED,
	}}}
	died := 0
	insist := func(call func(signalv1.SignalServiceClient) error) {
		arm(t, s, point)
		for call(signalv1.NewSignalServiceClient(reach(t, s))) != nil {
			restart(t, s)
			died++
		}
	}
	insist(func(c signalv1.SignalServiceClient) error {
		_, err := c.SendAlerts(within(t), alerts)
		return lost(t, err)
	})
	insist(func(c signalv1.SignalServiceClient) error {
		_, err := c.SendChanges(within(t), changes)
		return lost(t, err)
	})
	if died != 2 {
		t.Fatalf("died %d times, want once in each call", died)
	}
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	for _, marker := range []string{point + "/first", point + "/second"} {
		if !accepted(t, s, payload(t, marker, tell(marker, marker, true))) {
			t.Fatal("the process died again")
		}
		awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": marker}}, 1)
	}
	awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": point}}, 1)
	list, err := signalv1.NewChangeViewServiceClient(reach(t, s)).ListChanges(within(t),
		&signalv1.ListChangesRequest{PageSize: 200, Position: dial(t, s).head(t)})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range list.GetChanges() {
		if c.GetTitle() == point {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d changes %q, want 1", n, point)
	}
}

// lost is the error of a call whose server died; whatever else is wrong fails the test.
func lost(t *testing.T, err error) error {
	t.Helper()
	if code := status.Code(err); code != codes.OK && code != codes.Unavailable {
		t.Fatalf("answered %v", err)
	}
	return err
}
