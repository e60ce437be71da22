package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// TestWhatCannotBeUnderstoodIsKept sends what Sentry never would, finds it, and replays
// it and something that was understood.
func TestWhatCannotBeUnderstoodIsKept(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "sentry", "--role", "responder")
	send := func(body string) {
		t.Helper()
		answer, err := http.Post(s.Endpoints.Intake+"/hooks/sentry/"+made.Token, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusAccepted {
			t.Fatalf("answered %s", answer.Status)
		}
	}
	const odd = `{"action":"created","data":{"issue":{}}}`
	send(odd)
	send(`{"action":"created","data":{"issue":{"id":"1","title":"Boom"}}}`)
	var list struct {
		Signals []struct{ ID, Source, Reason string }
	}
	s.JSON(t, &list, "intake", "list", "--intake", s.Endpoints.Intake)
	if len(list.Signals) != 1 || list.Signals[0].Source != "sentry" || !strings.Contains(list.Signals[0].Reason, "id of the issue is missing") {
		t.Fatalf("listed %+v", list)
	}
	if got := s.Do(t, "intake", "show", "--intake", s.Endpoints.Intake, list.Signals[0].ID); got != odd {
		t.Errorf("shown %q", got)
	}
	if r := s.Try(t, "intake", "replay", "--intake", s.Endpoints.Intake, list.Signals[0].ID); r.Code != 1 || !strings.Contains(r.Stderr, "id of the issue is missing") {
		t.Errorf("replayed: %+v", r)
	}
	alert := onlyAlert(t, s)
	var replayed struct {
		Replayed []struct{ Alerts int }
	}
	s.JSON(t, &replayed, "intake", "replay", "--intake", s.Endpoints.Intake, alert)
	if len(replayed.Replayed) != 1 || replayed.Replayed[0].Alerts != 1 {
		t.Errorf("replayed %+v", replayed)
	}
	if again := onlyAlert(t, s); again != alert {
		t.Errorf("after the replay the alert is of %s, not %s", again, alert)
	}
}

// onlyAlert waits for the alert of Sentry, and returns the id of the signal that began it.
func onlyAlert(t *testing.T, s *system.System) string {
	t.Helper()
	var list struct{ Alerts []listedAlert }
	eventually(t, func() (bool, string) {
		s.JSON(t, &list, "alerts", "list", "--source", "sentry")
		return len(list.Alerts) == 1, fmt.Sprintf("alerts %+v", list.Alerts)
	})
	return list.Alerts[0].Signal
}
