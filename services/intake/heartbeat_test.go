package intake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
)

// nightly is a heartbeat whose alert the route of these tests takes.
const nightly = "kind: Heartbeat\nname: nightly\nspec: {interval: 20s, grace: 0s, service: checkout, description: The export, labels: {team: pay}}\n"

// expect applies a heartbeat.
func (s *system) expect(yaml string) {
	s.t.Helper()
	incidentlogtest.Apply(s.t, s.log, s.catalog, incidentlogtest.YAML(s.t, yaml)...)
}

// asks sends a request with a token as bearer.
func (s *system) asks(token, method, path string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader("done"))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// pings sends a ping to our own door.
func (s *system) pings() {
	s.t.Helper()
	if status, text := s.asks("", http.MethodPost, "/hooks/heartbeat/"+s.token+"/nightly"); status != http.StatusAccepted {
		s.t.Fatalf("a ping is answered %d %s", status, text)
	}
}

// elapse lets time go by while the service runs, which it notices all the while.
func (s *system) elapse(d time.Duration) {
	s.t.Helper()
	handle, err := jetstream.New(s.server.Conn(natsserver.UserIntake))
	if err != nil {
		s.t.Fatal(err)
	}
	store, err := beats.Open(s.t.Context(), handle, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	noticed := func() {
		now := s.clock.now()
		s.until("the service notices the time", func([]incident.State) bool {
			hearing, err := store.Hearing(s.t.Context())
			return err == nil && !hearing.At.Before(now.Add(-beats.Silence/3))
		})
	}
	for noticed(); d > 0; noticed() {
		step := min(d, beats.Silence/2)
		s.clock.pass(step)
		d -= step
	}
}

// beat is one heartbeat as it is listed.
type beat struct {
	Name, State string
	DueTime     *time.Time `json:"due_time"`
}

func (s *system) beats() map[string]beat {
	s.t.Helper()
	status, text := s.asks(s.token, http.MethodGet, "/heartbeats")
	var list struct{ Heartbeats []beat }
	if err := json.Unmarshal([]byte(text), &list); err != nil || status != http.StatusOK {
		s.t.Fatalf("the list is answered %d %s", status, text)
	}
	by := map[string]beat{}
	for _, one := range list.Heartbeats {
		by[one.Name] = one
	}
	return by
}

// absences are the incidents of heartbeats.
func absences(states []incident.State) []incident.State {
	return slices.DeleteFunc(slices.Clone(states), func(is incident.State) bool { return !strings.HasPrefix(is.Title, "Heartbeat ") })
}

// missing waits until there is one incident of a heartbeat, with a status.
func (s *system) missing(status incident.Status) incident.State {
	s.t.Helper()
	return absences(s.until("an incident of what is missing", func(states []incident.State) bool {
		return one(status)(absences(states))
	}))[0]
}

// TestAHeartbeatThatIsMissingFires once, through its route, and its next ping ends it.
// Before the first ping nothing is expected.
func TestAHeartbeatThatIsMissingFires(t *testing.T) {
	s := newSystem(t)
	s.second()
	s.expect(nightly)
	s.elapse(time.Minute)
	if got := s.beats()["nightly"]; got.State != "waiting" || got.DueTime != nil {
		t.Errorf("before the first ping: %+v", got)
	}
	if got := s.handled("m1"); len(got) != 0 {
		t.Fatalf("before the first ping it is missed: %+v", got)
	}
	s.pings()
	s.elapse(15 * time.Second)
	s.pings()
	s.elapse(15 * time.Second)
	if got := s.beats()["nightly"]; got.State != "up" {
		t.Errorf("after two pings: %+v", got)
	}
	if got := s.handled("m2"); len(got) != 0 {
		t.Fatalf("it pings, and is missed: %+v", got)
	}
	s.elapse(15 * time.Second)
	if got := s.missing(incident.StatusTriage); !strings.HasPrefix(got.Title, "Heartbeat nightly is missing") || got.Severity != incident.SEV2 {
		t.Errorf("incident %+v", got)
	}
	if now := s.beats()["nightly"]; now.State != "missing" {
		t.Errorf("it is %+v", now)
	}
	s.elapse(time.Minute) // it is said again and again
	got := s.handled("m3")
	if len(got) != 1 || got[0].Status != incident.StatusTriage {
		t.Fatalf("later: %+v", got)
	}
	if subjects, err := s.log.Subjects(t.Context(), eventlog.FilterAlerts); err != nil || len(subjects) != 7 {
		t.Errorf("%d alerts, want the markers and one of the absence; %v", len(subjects), err)
	}
	if status, answer := s.does(s.token, http.MethodGet, "/v2/heartbeats/nightly/ping", ""); status != http.StatusAccepted || answer.RequestID == "" {
		t.Fatalf("Opsgenie's ping: %d %+v", status, answer)
	}
	s.missing(incident.StatusResolved)
	s.elapse(30 * time.Second)
	s.until("it is missing again", func(states []incident.State) bool { return len(absences(states)) == 2 })
}

// TestThePingSurvivesARestart: of the service and of the servers, and what was due
// meanwhile is said when it is clear that nobody pinged.
func TestThePingSurvivesARestart(t *testing.T) {
	s := newSystem(t)
	s.expect(nightly)
	s.pings()
	s.elapse(5 * time.Second)
	s.stop()
	s.clock.pass(10 * time.Second)
	s.start()
	if got := s.beats()["nightly"]; got.State != "up" {
		t.Errorf("after a restart: %+v", got)
	}
	s.elapse(10 * time.Second)
	s.missing(incident.StatusTriage)
}

// TestAfterAnOutageNothingIsMissedAtOnce: whoever pinged while nobody listened has interval
// and grace to do so again.
func TestAfterAnOutageNothingIsMissedAtOnce(t *testing.T) {
	s := newSystem(t)
	s.expect(nightly)
	s.expect(strings.ReplaceAll(nightly, "nightly", "silent"))
	s.pings()
	if status, _ := s.asks(s.token, http.MethodPost, "/hooks/heartbeat/silent"); status != http.StatusAccepted {
		t.Fatalf("answered %d", status)
	}
	s.elapse(time.Second)
	s.stop()
	s.clock.pass(time.Hour)
	s.start()
	s.elapse(10 * time.Second)
	if got := s.handled("m1"); len(got) != 0 {
		t.Fatalf("missed after an outage: %+v", got)
	}
	s.pings()
	s.elapse(15 * time.Second)
	if got := s.missing(incident.StatusTriage); !strings.HasPrefix(got.Title, "Heartbeat silent") {
		t.Errorf("missing is %q", got.Title)
	}
	if got := s.beats(); got["nightly"].State != "up" || got["silent"].State != "missing" {
		t.Errorf("%+v", got)
	}
}

// TestWhatIsNotExpectedAnyMoreEnds: a heartbeat that is disabled.
func TestWhatIsNotExpectedAnyMoreEnds(t *testing.T) {
	s := newSystem(t)
	s.expect(nightly)
	s.pings()
	s.elapse(30 * time.Second)
	s.missing(incident.StatusTriage)
	s.expect(strings.Replace(nightly, "grace: 0s", "grace: 0s, disabled: true", 1))
	s.missing(incident.StatusResolved)
	if got := s.beats()["nightly"]; got.State != "disabled" {
		t.Errorf("it is %+v", got)
	}
}

// TestOneThatIsDeletedEnds, once it is clear that it is not one that is not known yet.
func TestOneThatIsDeletedEnds(t *testing.T) {
	s := newSystem(t)
	s.expect(nightly)
	s.pings()
	s.elapse(30 * time.Second)
	s.missing(incident.StatusTriage)
	s.expect(strings.ReplaceAll(nightly, "nightly", "other")) // another one is expected
	incidentlogtest.Delete(t, s.log, s.catalog, "heartbeat/nightly")
	s.elapse(time.Minute)
	if got := s.missing(incident.StatusTriage); !got.Open() {
		t.Errorf("it ended at once: %+v", got)
	}
	s.elapse(2 * time.Minute)
	s.missing(incident.StatusResolved)
}

func TestWhoMayPing(t *testing.T) {
	s := newSystem(t)
	viewer, token := incidentlogtest.Token(t, "viewer", authv1.AccountRole_ACCOUNT_ROLE_VIEWER)
	incidentlogtest.Apply(t, s.log, s.catalog, token)
	s.expect(nightly)
	for name, c := range map[string]struct {
		token, method, path string
		want                int
	}{
		"GET":             {"", http.MethodGet, "/hooks/heartbeat/" + s.token + "/nightly", 202},
		"HEAD":            {"", http.MethodHead, "/hooks/heartbeat/" + s.token + "/nightly", 202},
		"PUT":             {"", http.MethodPut, "/hooks/heartbeat/" + s.token + "/nightly", 202},
		"bearer":          {s.token, http.MethodPost, "/hooks/heartbeat/nightly", 202},
		"nobody":          {"", http.MethodPost, "/hooks/heartbeat/nightly", 401},
		"a wrong token":   {"", http.MethodPost, "/hooks/heartbeat/bad/nightly", 401},
		"a viewer":        {viewer, http.MethodPost, "/hooks/heartbeat/nightly", 403},
		"no such":         {s.token, http.MethodPost, "/hooks/heartbeat/hourly", 404},
		"no forged one":   {s.token, http.MethodPost, "/hooks/heartbeat", 404},
		"a viewer reads":  {viewer, http.MethodGet, "/heartbeats", 200},
		"nobody reads":    {"", http.MethodGet, "/heartbeats", 401},
		"no such reading": {s.token, http.MethodGet, "/v2/heartbeats/hourly", 404},
	} {
		if status, text := s.asks(c.token, c.method, c.path); status != c.want {
			t.Errorf("%s: %d %s, want %d", name, status, text, c.want)
		}
	}
	for method, want := range map[string]int{http.MethodGet: 202, http.MethodPost: 202, http.MethodPut: 202} {
		for _, path := range []string{"/v2/heartbeats/nightly/ping", "/hooks/opsgenie/" + s.token + "/v2/heartbeats/nightly/ping"} {
			if status, _ := s.does(s.token, method, path, ""); status != want {
				t.Errorf("%s %s: %d, want %d", method, path, status, want)
			}
		}
	}
	_, found := s.does(s.token, http.MethodGet, "/v2/heartbeats/nightly", "")
	if found.Data["name"] != "nightly" || found.Data["expired"] != false || found.Data["enabled"] != true || found.Data["lastPingTime"] == nil {
		t.Errorf("Opsgenie's heartbeat: %v", found.Data)
	}
	if _, list := s.does(s.token, http.MethodGet, "/v2/heartbeats", ""); len(list.Data["heartbeats"].([]any)) != 1 { //nolint:forcetypeassert // a test
		t.Errorf("Opsgenie's list: %v", list.Data)
	}
	for path, want := range map[string]int{"/v2/heartbeats/hourly/ping": 404, "/v2/heartbeats/hourly": 404} {
		if status, _ := s.does(s.token, http.MethodGet, path, ""); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}
