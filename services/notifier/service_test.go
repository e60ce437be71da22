package notifier_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	eventjetstream "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/health"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/services/notifier"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

const (
	secret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)

// system is everything that the notifier needs, and the notifier while it runs.
type system struct {
	t       *testing.T
	log     *memory.Log
	catalog *catalog.Follower
	url     string // of the database
	pool    *pgxpool.Pool
	desk    incidentlogtest.Desk
	marks   jetstream.JetStream
	doors   jetstream.JetStream // of intake
	change  func(*notifier.Config)
	stop    func()
	secrets string // of webhooks; empty: HOOK_SECRET
}

// newSystem prepares a log, a catalog and a database; start runs the notifier.
func newSystem(t *testing.T) *system {
	t.Setenv("HOOK_SECRET", secret)
	t.Setenv("HOOK_NEW_SECRET", newSecret)
	log := memory.New(memory.Options{})
	address := server.URL(t)
	s := &system{t: t, log: log, catalog: incidentlogtest.Follow(t, log), url: address, pool: pgtest.Open(t, address), desk: incidentlogtest.Desk{Log: log}, stop: func() {}}
	nats := natstest.Start(t)
	nats.Bootstrap(eventjetstream.Config{})
	var err error
	if s.marks, err = jetstream.New(nats.Conn(natsserver.UserNotifier)); err != nil {
		t.Fatal(err)
	}
	if s.doors, err = jetstream.New(nats.Conn(natsserver.UserIntake)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *system) start() {
	s.t.Helper()
	ready := make(chan health.Check, 1)
	config := notifier.Config{
		Log: s.log, Catalog: s.catalog, Marks: s.marks, Pool: s.pool, AllowReceivers: netguard.Loopback(), Source: "urn:bridgelog:test",
		Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Tracer: noop.NewTracerProvider(),
		Ready: func(_ string, check health.Check) { ready <- check },
	}
	if s.change != nil {
		s.change(&config)
	}
	service, err := notifier.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("run: %v", err)
		}
		s.stop = func() {}
	}
	check := <-ready
	s.poll("ready", func() bool { return check(s.t.Context()) == nil && s.acted() })
}

// acted tells whether the notifier has a position.
func (s *system) acted() bool {
	var n int
	err := s.pool.QueryRow(s.t.Context(), "select count(*) from notifier_ledger.acted_through").Scan(&n)
	return err == nil && n == 1
}

// poll waits for a condition that nothing signals.
func (s *system) poll(what string, ok func() bool) {
	s.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("never: %s", what)
		}
	}
}

// webhook puts a receiver into the catalog.
func (s *system) webhook(name, url, more string) {
	s.t.Helper()
	incidentlogtest.Apply(s.t, s.log, s.catalog, incidentlogtest.YAML(s.t,
		"kind: Webhook\nname: "+name+"\nspec: {url: \""+url+"\", secrets: "+cmp.Or(s.secrets, `["env:HOOK_SECRET"]`)+more+"}")...)
}

// count asks the ledger.
func (s *system) count(query string, args ...any) int {
	s.t.Helper()
	var n int
	if err := s.pool.QueryRow(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func declare(number uint64) incident.Declare {
	return incident.Declare{Number: number, Title: "Checkout returns 502", Severity: incident.SEV1}
}

func TestEachEventIsDeliveredSignedAndOnce(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1), incident.Acknowledge{}, incident.ChangeSeverity{To: incident.SEV2}, incident.PostUpdate{Text: "Checking"})
	r.atLeast(t, 4)
	s.stop()
	s.start()
	s.desk.Must(t, "a", incident.Resolve{})
	got := r.atLeast(t, 5)
	ids := map[string]bool{}
	types := map[string]int{}
	for _, d := range got {
		if !d.Verified || d.Subject != "INC-1" || !strings.HasPrefix(d.ID, d.EventID+"_") {
			t.Errorf("delivery %+v", d)
		}
		ids[d.ID] = true
		types[d.Type]++
	}
	if len(got) != 5 || len(ids) != 5 || types["dev.bridgelog.incident.severity_changed"] != 1 || types["dev.bridgelog.incident.resolved"] != 1 {
		t.Errorf("got %v", types)
	}
	s.poll("all recorded", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state = 'delivered' and attempts = 1") == 5
	})
}

func TestRetriesKeepTheIDAndSurviveARestart(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	r.answers(func(n int, w http.ResponseWriter) {
		if n == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	r.atLeast(t, 1)
	s.poll("attempt recorded", func() bool { return s.count("select count(*) from notifier_ledger.attempt where status = 500") == 1 })
	s.stop()
	if n := s.count(`select count(*) from notifier_ledger.delivery d join notifier_ledger.attempt a on a.delivery_id = d.id and a.number = 1
		where d.next_attempt_at >= a.started_at + interval '5 seconds'`); n != 1 {
		t.Fatalf("%d deliveries wait for the second attempt as long as they should, want 1", n)
	}
	s.start()
	got := r.atLeast(t, 2)
	if got[0].ID != got[1].ID || got[0].Body != got[1].Body || !got[1].Verified {
		t.Errorf("the second attempt differs: %+v", got)
	}
	s.poll("delivered", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state = 'delivered'") == 1
	})
	if n := s.count("select failures from notifier_ledger.endpoint"); n != 0 {
		t.Errorf("%d failures are left after a success", n)
	}
}

func TestAHangingReceiverDelaysNobodyElse(t *testing.T) {
	s := newSystem(t)
	release := make(chan struct{})
	hanging, healthy := newReceiver(t, secret), newReceiver(t, secret)
	hanging.answers(func(int, http.ResponseWriter) { <-release })
	defer close(release)
	s.webhook("hanging", hanging.URL, "")
	s.webhook("healthy", healthy.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	hanging.atLeast(t, 1)
	s.desk.Must(t, "a", incident.Acknowledge{}, incident.PostUpdate{Text: "one"}, incident.PostUpdate{Text: "two"})
	healthy.atLeast(t, 4)
	if n := len(hanging.atLeast(t, 1)); n != 1 {
		t.Errorf("the healthy receiver waited until the first attempt at the other one had ended: %d attempts", n)
	}
}

func TestFilters(t *testing.T) {
	s := newSystem(t)
	all, some := newReceiver(t, secret), newReceiver(t, secret)
	s.webhook("all", all.URL, ", include_private: true")
	s.webhook("some", some.URL, ", event_types: [\"incident.declared\", \"incident.res*\"], severities: [SEV-1]")
	s.start()
	s.desk.Must(t, "private", incident.Declare{Number: 1, Title: "canary", Severity: incident.SEV1, Private: true})
	s.desk.Must(t, "minor", incident.Declare{Number: 2, Title: "minor", Severity: incident.SEV3})
	s.desk.Must(t, "drill", incident.Declare{Number: 3, Title: "practice", Severity: incident.SEV1, Drill: true})
	s.desk.Must(t, "real", declare(4), incident.Acknowledge{}, incident.Resolve{})
	if got := some.atLeast(t, 2); len(got) != 2 || got[0].Subject != "INC-4" || got[1].Subject != "INC-4" {
		t.Errorf("got %+v", got)
	}
	got := all.atLeast(t, 5)
	for _, d := range got {
		if d.Subject == "INC-3" {
			t.Errorf("practice was announced: %+v", d)
		}
	}
	if n := s.count("select count(*) from notifier_ledger.delivery"); n != 7 {
		t.Errorf("%d deliveries, want 7", n)
	}
}

func TestARedactedTextLeavesTheLedger(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	r.answers(func(_ int, w http.ResponseWriter) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "echo: canary-4711")
	})
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1), incident.PostUpdate{Text: "the password is canary-4711"}, incident.PostUpdate{Text: "kept"})
	const bodies = "select count(*) from notifier_ledger.delivery where convert_from(body, 'UTF8') like '%canary-4711%'"
	const answers = "select count(*) from notifier_ledger.attempt where convert_from(response_body, 'UTF8') like '%canary-4711%'"
	s.poll("attempts", func() bool { return s.count(answers) == 3 })
	if s.count(bodies) != 1 {
		t.Fatal("the text is not in the ledger to begin with")
	}
	s.desk.Must(t, "a", incident.RedactEntry{Entry: 2, ReasonCode: "secret"})
	s.poll("the text is gone", func() bool { return s.count(bodies) == 0 })
	s.poll("its echo is gone", func() bool {
		return s.count(answers+" and delivery_id in (select id from notifier_ledger.delivery where revision <= 3)") == 0
	})
	if n := s.count("select count(*) from notifier_ledger.delivery where convert_from(body, 'UTF8') like '%\"redacted\":true%'"); n != 1 {
		t.Errorf("%d bodies say that they were redacted, want 1", n)
	}
}

func TestAReceiverThatIsGoneGetsNothingMore(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	r.answers(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) })
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	s.poll("disabled", func() bool {
		return s.count("select count(*) from notifier_ledger.endpoint where disabled_revision is not null") == 1
	})
	s.desk.Must(t, "a", incident.Acknowledge{})
	s.actedThrough()
	r.answers(nil)
	// Changing the resource enables it again.
	s.webhook("ops", r.URL+"/new", "")
	s.desk.Must(t, "a", incident.Resolve{})
	got := r.until(t, "resolved", func(got []delivery) bool {
		return got[len(got)-1].Type == "dev.bridgelog.incident.resolved"
	})
	if len(got) != 2 {
		t.Errorf("got %+v, want the first and the last", got)
	}
}

func TestEverySecretSignsWhileTheyChange(t *testing.T) {
	s := newSystem(t)
	before, after := newReceiver(t, secret), newReceiver(t, newSecret)
	for name, r := range map[string]*receiver{"before": before, "after": after} {
		incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t,
			"kind: Webhook\nname: "+name+"\nspec: {url: \""+r.URL+"\", secrets: [\"env:HOOK_NEW_SECRET\", \"env:HOOK_SECRET\"]}")...)
	}
	s.start()
	s.desk.Must(t, "a", declare(1))
	for _, r := range []*receiver{before, after} {
		if got := r.atLeast(t, 1); !got[0].Verified {
			t.Errorf("not verified: %+v", got[0])
		}
	}
}

func TestPrivateAddressesAndRedirectsAreRefused(t *testing.T) {
	s := newSystem(t)
	redirecting := newReceiver(t, secret)
	redirecting.answers(func(_ int, w http.ResponseWriter) {
		w.Header().Set("Location", "http://169.254.169.254/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	s.webhook("redirecting", redirecting.URL, "")
	s.webhook("private", "http://10.0.0.1/", "")
	s.webhook("plain", "http://1.1.1.1/", "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	s.poll("refused", func() bool {
		return s.count("select count(*) from notifier_ledger.attempt where outcome = 'refused' and status = 307") == 1 &&
			s.count("select count(*) from notifier_ledger.attempt where outcome = 'forbidden'") == 2
	})
}

func TestNothingOldIsSent(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.desk.Must(t, "before", declare(1))
	s.start()
	s.stop()
	// While the notifier is away an event grows old.
	old := s.desk
	old.Now = func() time.Time { return time.Now().Add(-2 * time.Hour) }
	old.Must(t, "old", declare(2))
	s.start()
	s.desk.Must(t, "new", declare(3))
	if got := r.atLeast(t, 1); len(got) != 1 || got[0].Subject != "INC-3" {
		t.Errorf("got %+v", got)
	}
	if n := s.count("select count(*) from notifier_ledger.delivery where state = 'held'"); n != 1 {
		t.Errorf("%d deliveries are held, want the old one", n)
	}
}

func TestAnotherLogIsNotActedOn(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	r.atLeast(t, 1)
	s.stop()
	other := memory.New(memory.Options{Epoch: "restored"})
	s.desk = incidentlogtest.Desk{Log: other}
	s.desk.Must(t, "a", declare(1))
	var check health.Check
	s.change = func(c *notifier.Config) {
		c.Log = other
		ready := c.Ready
		c.Ready = func(name string, ask health.Check) {
			check = ask
			ready(name, func(context.Context) error { return nil })
		}
	}
	s.start()
	s.poll("held", func() bool {
		err := check(t.Context())
		var position *eventlog.PositionError
		return errors.As(err, &position)
	})
	if got := r.atLeast(t, 1); len(got) != 1 {
		t.Errorf("an event of another log was sent: %+v", got)
	}
}
