package intake_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	"github.com/bridgelog/bridgelog/services/intake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const routes = `
kind: Service
name: checkout
spec: {}
---
kind: Route
name: checkout
spec: {match: {service: checkout}, service: "{{service}}", severity: SEV-2, action: declare}
---
kind: Route
name: quiet
spec: {match: {alertname: Watchdog}, action: list}
`

// system is everything that intake needs, and intake itself while it runs.
type system struct {
	t        *testing.T
	server   *natstest.Server
	log      *eventlogjs.Log
	catalog  *catalog.Follower
	commands *commands
	token    string
	url      string
	stop     func()
	clock    *clock
}

func newSystem(t *testing.T) *system { return newSystemWith(t, eventlogjs.Config{}) }

func newSystemWith(t *testing.T, config eventlogjs.Config) *system {
	server := natstest.Start(t)
	log := server.Log(config, eventlogjs.Options{})
	s := &system{t: t, server: server, log: log, catalog: incidentlogtest.Follow(t, log), commands: newCommands(log), clock: &clock{}}
	s.commands.now = s.clock.now
	secret, token := incidentlogtest.Token(t, "alertmanager", authv1.AccountRole_ACCOUNT_ROLE_RESPONDER)
	s.token = secret
	incidentlogtest.Apply(t, log, s.catalog, append(incidentlogtest.YAML(t, routes), token)...)
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// start runs the service as a process would.
func (s *system) start() {
	s.t.Helper()
	js, err := jetstream.New(s.server.Conn(natsserver.UserIntake))
	if err != nil {
		s.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	service, err := intake.New(intake.Config{
		Log: s.log, JetStream: js, Catalog: s.catalog, Incidents: s.commands, Alerts: s.commands, Pages: s.commands, Changes: s.commands, Listener: listener,
		Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Tracer: noop.NewTracerProvider(),
		Now: s.clock.now,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.url = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("run: %v", err)
		}
		s.stop = func() {}
		http.DefaultClient.CloseIdleConnections()
	}
}

// alertJSON is one alert of a body; end "" means that it is firing.
func alertJSON(fingerprint, start, end string) string {
	status, ends := "firing", "0001-01-01T00:00:00Z"
	if end != "" {
		status, ends = "resolved", end
	}
	return fmt.Sprintf(`{"status":%q,"fingerprint":%q,"startsAt":%q,"endsAt":%q,"labels":{"alertname":"HighErrorRate","service":"checkout"},"annotations":{"summary":"5xx"}}`,
		status, fingerprint, start, ends)
}

func (s *system) send(alerts ...string) {
	s.t.Helper()
	body := `{"version":"4","groupKey":"g","alerts":[` + strings.Join(alerts, ",") + `]}`
	answer, err := http.Post(s.url+"/hooks/alertmanager/"+s.token, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		text, _ := io.ReadAll(answer.Body)
		s.t.Fatalf("answered %s: %s", answer.Status, text)
	}
}

// states folds every incident of the log.
func (s *system) states() []incident.State {
	s.t.Helper()
	subjects, err := s.log.Subjects(s.t.Context(), eventlog.FilterIncidents)
	if err != nil {
		s.t.Fatal(err)
	}
	var states []incident.State
	for _, subject := range subjects {
		entries, err := incidentlog.Load(s.t.Context(), s.log, incident.ID(strings.TrimPrefix(subject, "incident.")), 0)
		if err != nil {
			s.t.Fatal(err)
		}
		states = append(states, incidentlog.State(entries))
	}
	return states
}

// patience bounds the wait for what has to come, on a busy machine.
const patience = time.Minute

// until waits for the incidents to be as wanted.
func (s *system) until(what string, ok func([]incident.State) bool) []incident.State {
	s.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if states := s.states(); ok(states) {
			return states
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("never: %s; incidents: %+v", what, s.states())
		}
	}
}

// handled waits until everything that was sent is handled: with the second of two
// alerts that declare marker incidents, all that came before the first is.
func (s *system) handled(fingerprint string) []incident.State {
	s.t.Helper()
	s.mark(fingerprint + "-first")
	var rest []incident.State
	for _, one := range s.mark(fingerprint + "-second") {
		if !strings.HasPrefix(one.Title, "Marker") {
			rest = append(rest, one)
		}
	}
	return rest
}

// mark sends an alert that declares an incident of its own and waits for it.
func (s *system) mark(name string) []incident.State {
	s.t.Helper()
	body := strings.ReplaceAll(alertJSON(name, "2026-01-01T00:00:00Z", ""), `"HighErrorRate"`, `"Marker `+name+`"`)
	s.insist(`{"version":"4","groupKey":"marker-` + name + `","alerts":[` + body + `]}`)
	return s.until("marker declared", func(states []incident.State) bool {
		return slices.ContainsFunc(states, func(one incident.State) bool { return strings.HasPrefix(one.Title, "Marker "+name) })
	})
}

const (
	t0 = "2026-01-01T10:00:00Z"
	t1 = "2026-01-01T10:05:00Z"
	t2 = "2026-01-01T10:10:00Z"
)

func one(status incident.Status) func([]incident.State) bool {
	return func(s []incident.State) bool { return len(s) == 1 && s[0].Status == status }
}

func TestAnAlertDeclaresAndItsEndResolves(t *testing.T) {
	s := newSystem(t)
	s.send(alertJSON("a", t0, ""), alertJSON("b", t0, ""))
	s.send(alertJSON("a", t0, ""), alertJSON("b", t0, ""))
	got := s.handled("m1")
	if len(got) != 1 || got[0].Status != incident.StatusTriage || got[0].Severity != incident.SEV2 || got[0].Title != "HighErrorRate: 5xx" {
		t.Fatalf("incidents %+v", got)
	}
	s.send(alertJSON("a", t0, t1), alertJSON("b", t0, ""))
	if got = s.handled("m2"); got[0].Status != incident.StatusTriage {
		t.Fatalf("resolved while an alert is firing: %+v", got[0])
	}
	s.send(alertJSON("b", t0, t1))
	if got = s.handled("m3"); got[0].Status != incident.StatusResolved || got[0].Touched {
		t.Fatalf("not resolved: %+v", got[0])
	}
	// The same condition again is another episode and another incident.
	s.send(alertJSON("a", t2, ""))
	if got = s.handled("m4"); len(got) != 2 {
		t.Fatalf("%d incidents after another episode, want 2", len(got))
	}
	// What was said before changes nothing.
	s.send(alertJSON("a", t0, ""), alertJSON("b", t0, t1))
	if got = s.handled("m5"); len(got) != 2 {
		t.Fatalf("%d incidents after a repetition, want 2", len(got))
	}
}

func TestATouchedIncidentStaysOpen(t *testing.T) {
	s := newSystem(t)
	s.send(alertJSON("a", t0, ""))
	got := s.until("declared", one(incident.StatusTriage))
	person := incidentlogtest.Desk{Log: s.log}
	person.Must(t, got[0].ID, incident.Acknowledge{})
	for range 2 {
		s.send(alertJSON("a", t0, t1))
	}
	after := s.handled("m1")
	if len(after) != 1 || !after[0].Open() || after[0].Revision != got[0].Revision+2 {
		t.Fatalf("want one note and an open incident, got %+v", after)
	}
	// A new episode of the group joins the incident that is still open.
	s.send(alertJSON("a", t2, ""))
	if after = s.handled("m2"); len(after) != 1 || !after[0].Open() {
		t.Fatalf("incidents %+v", after)
	}
}

func TestAnEpisodeThatBeginsEndsTheOneBefore(t *testing.T) {
	s := newSystem(t)
	s.send(alertJSON("a", t0, ""))
	s.until("declared", one(incident.StatusTriage))
	s.send(alertJSON("a", t1, ""))
	if got := s.handled("m1"); len(got) != 1 || got[0].Status != incident.StatusTriage {
		t.Fatalf("incidents %+v", got)
	}
	s.send(alertJSON("a", t1, t2))
	if got := s.handled("m2"); got[0].Status != incident.StatusResolved {
		t.Fatalf("an older episode holds the incident open: %+v", got[0])
	}
}

// TestASenderThatForgotAnAlertFiresItAgain tells of an end and then goes on with the
// old begin, as Alertmanager does when Prometheus was away for a while.
func TestASenderThatForgotAnAlertFiresItAgain(t *testing.T) {
	s := newSystem(t)
	s.send(alertJSON("a", t0, ""))
	s.handled("m1")
	s.send(alertJSON("a", t0, t1))
	if got := s.handled("m2"); len(got) != 1 || got[0].Open() {
		t.Fatalf("incidents %+v", got)
	}
	for range 2 {
		s.send(alertJSON("a", t0, ""))
	}
	if got := s.handled("m3"); len(got) != 2 || got[0].Open() == got[1].Open() {
		t.Fatalf("it fires again: %+v", got)
	}
	s.send(alertJSON("a", t0, t1)) // the old end says nothing new
	if got := s.handled("m4"); len(got) != 2 || got[0].Open() == got[1].Open() {
		t.Fatalf("after the old end: %+v", got)
	}
	for range 2 {
		s.send(alertJSON("a", t0, t2))
	}
	if got := s.handled("m5"); len(got) != 2 || got[0].Open() || got[1].Open() {
		t.Fatalf("after the new end: %+v", got)
	}
}

func TestListedAndUnroutedAlertsDeclareNothing(t *testing.T) {
	s := newSystem(t)
	watchdog := strings.NewReplacer("HighErrorRate", "Watchdog", "checkout", "none").Replace(alertJSON("w", t0, ""))
	unrouted := strings.ReplaceAll(alertJSON("u", t0, ""), "checkout", "none")
	late := alertJSON("late", t0, t1)
	s.send(watchdog, unrouted, late)
	if got := s.handled("m1"); len(got) != 0 {
		t.Fatalf("incidents %+v", got)
	}
	// An incident is there a moment before the alert that declared it.
	s.until("these three and the markers are in the log", func([]incident.State) bool {
		subjects, err := s.log.Subjects(t.Context(), eventlog.FilterAlerts)
		if len(subjects) > 5 {
			t.Fatalf("%d alerts in the log; want these three and the markers", len(subjects))
		}
		return err == nil && len(subjects) == 5
	})
}

func TestNothingIsLostOrDoubled(t *testing.T) {
	s := newSystem(t)
	s.commands.setDown(true)
	s.send(alertJSON("a", t0, ""))
	s.stop()
	s.start()
	s.send(alertJSON("b", t0, ""))
	s.commands.loseAnswer()
	s.commands.setDown(false)
	got := s.handled("m1")
	if len(got) != 1 || !got[0].HasAlert(incident.AlertID(alertID("a"))) || !got[0].HasAlert(incident.AlertID(alertID("b"))) {
		t.Fatalf("incidents %+v", got)
	}
}

func alertID(fingerprint string) string {
	begin, _ := time.Parse(time.RFC3339, t0)
	return alert.ID("alertmanager", fingerprint, begin)
}
