package chaos_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	_ "github.com/bridgelog/bridgelog/services/intake" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// saidPrefix begins the points after what a sender says beside the state of an alert.
const saidPrefix = "said."

// TestWhatIsSaidKilledAtEveryPoint kills the whole process with SIGKILL after an
// acknowledgment, a note and a change were written, and before their signal counts as
// handled. It comes again, and each of them is in the log once.
func TestWhatIsSaidKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, saidPrefix) })
	if len(points) != 3 {
		t.Fatalf("%d points to kill at, want 3", len(points))
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) { saidKilledAt(t, s, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

func saidKilledAt(t *testing.T, s *system.System, point string) {
	arm(t, s, point)
	died := false
	insist := func(path, body string) {
		for !taken(t, s, path, body) {
			died = restart(t, s) || died
		}
	}
	alerts := "/hooks/opsgenie/" + s.Endpoints.Token + "/v2/alerts"
	insist(alerts, `{"message":"`+point+`","alias":"`+point+`","details":{"alertname":"`+point+`"}}`)
	insist(alerts+"/"+point+"/acknowledge", `{"user":"Ada"}`)
	insist(alerts+"/"+point+"/notes", `{"note":"looking"}`)
	insist("/v2/change/enqueue", `{"routing_key":"`+s.Endpoints.Token+`","payload":{"summary":"`+point+`","timestamp":"2026-01-02T03:04:05Z"}}`)
	if !died {
		restart(t, s)
	}
	// A batch is handled after the one before it.
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	for _, marker := range []string{point + "/first", point + "/second"} {
		if !accepted(t, s, payload(t, marker, tell(marker, marker, true))) {
			t.Fatal("the process died again")
		}
		awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": marker}}, 1)
	}
	found := awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": point}}, 1)
	saidOnce(t, view, found[0].GetId())
	changes := signalv1.NewChangeViewServiceClient(reach(t, s))
	list, err := changes.ListChanges(within(t), &signalv1.ListChangesRequest{PageSize: 200, Position: dial(t, s).head(t)})
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

// taken posts to a door; false when the process has died.
func taken(t *testing.T, s *system.System, path, body string) bool {
	t.Helper()
	answered := false
	eventually(t, "an answer other than 503", func() bool {
		request, err := http.NewRequestWithContext(within(t), http.MethodPost, s.Endpoints.Intake+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if answered = err == nil; !answered {
			return true
		}
		_ = answer.Body.Close()
		if answer.StatusCode/100 != 2 && answer.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("the door answered %s", answer.Status)
		}
		return answer.StatusCode/100 == 2
	})
	return answered
}

// saidOnce fails unless the alert is acknowledged, and each signal said one thing. What
// was not answered was sent again, and is another signal.
func saidOnce(t *testing.T, view signalv1.AlertViewServiceClient, id string) {
	t.Helper()
	got, err := view.GetAlert(within(t), &signalv1.GetAlertRequest{Alert: id})
	if err != nil {
		t.Fatal(err)
	}
	a := got.GetAlert()
	if a.GetAcknowledgment().GetSaidBy() != "Ada" || len(a.GetNotes()) == 0 {
		t.Errorf("alert %v", a)
	}
	signals := map[string]bool{}
	for _, n := range a.GetNotes() {
		if signals[n.GetSignalId()] || n.GetText() != "looking" {
			t.Errorf("notes %v", a.GetNotes())
		}
		signals[n.GetSignalId()] = true
	}
}
