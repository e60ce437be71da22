package intake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

const mappedSender = `
kind: Sender
name: probes
spec:
  source: json
  mapping:
    items: body.checks
    fingerprint: item.id
    state: item.state
    title: item.id + " is down"
    labels: {service: '"checkout"'}
`

// sendJSON sends JSON with the system's token.
func (s *system) sendJSON(path, body string) (status int, answer string) {
	s.t.Helper()
	return s.request(http.MethodPost, path, body)
}

// get reads with the system's token.
func (s *system) get(path string) (status int, answer string) {
	s.t.Helper()
	return s.request(http.MethodGet, path, "")
}

func (s *system) request(method, path, body string) (status int, answer string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

// TestAMappingReadsJSON changes the mapping between two requests.
func TestAMappingReadsJSON(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, mappedSender)...)
	if status, answer := s.sendJSON("/hooks/json/probes", `{"checks":[{"id":"a","state":"down"},{"id":"b","state":"ok"}]}`); status != http.StatusAccepted {
		t.Fatalf("answered %d %s", status, answer)
	}
	if got := s.handled("m1"); len(got) != 1 || got[0].Title != "a is down" {
		t.Fatalf("incidents %+v", got)
	}
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, strings.Replace(mappedSender, "is down", "has fallen", 1))...)
	if status, answer := s.sendJSON("/hooks/json/probes", `{"checks":[{"id":"c","state":"down"}]}`); status != http.StatusAccepted {
		t.Fatalf("answered %d %s", status, answer)
	}
	got := s.handled("m2")
	if len(got) != 2 || got[0].Title != "c has fallen" && got[1].Title != "c has fallen" {
		t.Errorf("incidents %+v", got)
	}
	if status, answer := s.sendJSON("/hooks/json", `{}`); status != http.StatusAccepted || strings.Contains(answer, "mapping") {
		t.Errorf("without a sender it is kept: %d %s", status, answer)
	}
}

// TestWhatWouldBecomeOfIt asks, and nothing is stored.
func TestWhatWouldBecomeOfIt(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, mappedSender)...)
	status, answer := s.sendJSON("/try/json/probes", `{"checks":[{"id":"a","state":"down"},{"id":"b","state":"ok"}]}`)
	var got struct {
		Alerts []struct{ State, Title, Route, Service, Severity, Outcome string }
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || status != http.StatusOK || len(got.Alerts) != 2 {
		t.Fatalf("answered %d %s", status, answer)
	}
	if a := got.Alerts[0]; a.State != "firing" || a.Title != "a is down" || a.Route != "checkout" || a.Service != "checkout" || a.Severity != "SEV-2" || !strings.Contains(a.Outcome, "declares") {
		t.Errorf("got %+v", a)
	}
	if a := got.Alerts[1]; a.State != "resolved" || !strings.Contains(a.Outcome, "ends") {
		t.Errorf("got %+v", a)
	}
	_, listed := s.sendJSON("/try/alertmanager", `{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"Watchdog"},"startsAt":"2026-01-01T00:00:00Z"},{"status":"firing","startsAt":"2026-01-01T00:00:00Z"}]}`)
	if !strings.Contains(listed, "as its route says") || !strings.Contains(listed, "no route takes it") {
		t.Errorf("got %s", listed)
	}
	for path, want := range map[string]int{"/try/json/nobody": 404, "/try/nothing": 404, "/try/json/probes": 422, "/try/alertmanager": 422} {
		if status, answer := s.sendJSON(path, `x`); status != want {
			t.Errorf("%s: answered %d %s, want %d", path, status, answer, want)
		}
	}
	if got := s.handled("m1"); len(got) != 0 {
		t.Errorf("incidents %+v", got)
	}
}
