package intake_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// genie is an answer of Opsgenie's API.
type genie struct {
	RequestID string         `json:"requestId"`
	Data      map[string]any `json:"data"`
}

// does sends a request of Opsgenie's API and reads the answer.
func (s *system) does(token, method, path, body string) (int, genie) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "GenieKey "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var g genie
	if err := json.NewDecoder(answer.Body).Decode(&g); err != nil || g.RequestID == "" {
		s.t.Fatalf("%s %s answered %s: %v", method, path, answer.Status, err)
	}
	return answer.StatusCode, g
}

// TestOpsgeniesClientsAreToldWhatBecame of their requests and alerts, and nobody else is.
func TestOpsgeniesClientsAreToldWhatBecame(t *testing.T) {
	s := newSystem(t)
	other, token := incidentlogtest.Token(t, "other", authv1.AccountRole_ACCOUNT_ROLE_RESPONDER)
	incidentlogtest.Apply(t, s.log, s.catalog, token)
	ask := func(path, body string) string {
		t.Helper()
		status, g := s.does(s.token, http.MethodPost, "/v2/alerts"+path, body)
		if status != http.StatusAccepted {
			t.Fatalf("%s: %d", path, status)
		}
		return g.RequestID
	}
	told := func(token, path string, want int) map[string]any {
		t.Helper()
		status, g := s.does(token, http.MethodGet, "/v2/alerts/"+path, "")
		if status != want {
			t.Errorf("%s: %d %v, want %d", path, status, g.Data, want)
		}
		return g.Data
	}
	told(s.token, "a", http.StatusNotFound)
	requests := map[string]string{
		"Create": ask("", `{"message":"Disk full","alias":"a","tags":["db","prod"],"priority":"P2","details":{"x":"y"}}`),
	}
	ask("", `{"message":"Disk full","alias":"a"}`)
	requests["Acknowledge"] = ask("/a/acknowledge", ``)
	requests["Notes"] = ask("/a/notes", `{"note":"x"}`)
	s.handled("m1")
	alert := told(s.token, "a?identifierType=alias", http.StatusOK)
	tags, _ := alert["tags"].([]any)
	if alert["alias"] != "a" || alert["status"] != "open" || alert["acknowledged"] != true || alert["priority"] != "P2" || len(tags) != 2 ||
		alert["message"] != "Disk full" {
		t.Errorf("the alert: %v", alert)
	}
	requests["Close"] = ask("/a/close", ``)
	nothing := ask("/b/close", ``)
	s.handled("m2")
	for action, id := range requests {
		data := told(s.token, "requests/"+id, http.StatusOK)
		if data["action"] != action || data["isSuccess"] != true || data["alertId"] != "a" {
			t.Errorf("%s: %v", action, data)
		}
		told(other, "requests/"+id, http.StatusNotFound)
	}
	if alert = told(s.token, "a", http.StatusOK); alert["status"] != "closed" {
		t.Errorf("the alert that ended: %v", alert)
	}
	told(s.token, "requests/"+nothing, http.StatusNotFound)
	told(s.token, "requests/0198a0e0-0000-7000-8000-000000000001", http.StatusNotFound)
	told(other, "a", http.StatusNotFound)
	told("bad", "a", http.StatusUnauthorized)
}

// TestAlertsOfPrivateIncidentsAreNotTold, not even to who sent them.
func TestAlertsOfPrivateIncidentsAreNotTold(t *testing.T) {
	s := newSystem(t)
	_, created := s.does(s.token, http.MethodPost, "/v2/alerts", `{"message":"Disk full","alias":"a","details":{"service":"checkout"}}`)
	of := s.handled("m1")
	if len(of) != 1 {
		t.Fatalf("%d incidents, want one", len(of))
	}
	told := func(want int) {
		t.Helper()
		for _, path := range []string{"/v2/alerts/a", "/v2/alerts/requests/" + created.RequestID} {
			if status, g := s.does(s.token, http.MethodGet, path, ""); status != want {
				t.Errorf("%s: %d %v, want %d", path, status, g.Data, want)
			}
		}
	}
	told(http.StatusOK)
	if _, err := s.commands.desk.Do(t.Context(), of[0].ID, incident.ChangeVisibility{Private: true}); err != nil {
		t.Fatal(err)
	}
	told(http.StatusNotFound)
}

// TestANamedSenderAsksForItsOwn: what it sent stands under its name, not its account's.
func TestANamedSenderAsksForItsOwn(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, "kind: Sender\nname: genie\nspec: {source: opsgenie}\n")...)
	const own = "/hooks/opsgenie/genie"
	status, created := s.does(s.token, http.MethodPost, own+"/v2/alerts", `{"message":"Disk full","alias":"a"}`)
	if status != http.StatusAccepted {
		t.Fatalf("answered %d", status)
	}
	s.handled("m1")
	for path, want := range map[string]int{
		own + "/v2/alerts/a": http.StatusOK, own + "/v2/alerts/requests/" + created.RequestID: http.StatusOK,
		"/v2/alerts/a": http.StatusNotFound, "/v2/alerts/requests/" + created.RequestID: http.StatusNotFound,
	} {
		if status, g := s.does(s.token, http.MethodGet, path, ""); status != want {
			t.Errorf("%s: %d %v, want %d", path, status, g.Data, want)
		}
	}
	if status, _ := s.does("bad", http.MethodGet, own+"/v2/alerts/a", ""); status != http.StatusUnauthorized {
		t.Errorf("a token of nobody is answered %d", status)
	}
}
