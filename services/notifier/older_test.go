package notifier_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

// dump writes the database into a file with pg_dump; restore makes a new database of
// it with pg_restore, which the notifier uses from then on. It must not run meanwhile.
func (s *system) dump() (restore func()) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "notifier.dump")
	s.postgresTool("pg_dump", "--format=custom", "--file", file, s.url)
	return func() {
		s.pool.Close()
		s.url = server.URL(s.t)
		s.postgresTool("pg_restore", "--exit-on-error", "--no-owner", "--dbname", s.url, file)
		s.pool = pgtest.Open(s.t, s.url)
		s.t.Cleanup(func() { s.stop() }) // before the pool is closed
	}
}

// postgresTool runs a program that comes with PostgreSQL, of the server's version or
// a later one. The test is skipped where there is none: a private copy of the server
// has no clients.
func (s *system) postgresTool(name string, args ...string) {
	s.t.Helper()
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		s.t.Fatal(err)
	}
	tried := []string{filepath.Join(os.Getenv("BRIDGELOG_POSTGRES_BIN"), name)}
	for _, folder := range folders {
		tried = append(tried, filepath.Join(folder, name))
	}
	for _, program := range append(tried, name) {
		path, err := exec.LookPath(program)
		if err != nil {
			continue
		}
		output, err := exec.CommandContext(s.t.Context(), path, args...).CombinedOutput()
		if err == nil {
			return
		}
		if !strings.Contains(string(output), "server version mismatch") {
			s.t.Fatalf("%s: %v\n%s", path, err, output)
		}
	}
	s.t.Skipf("no %s that fits the server is on this machine: install the package postgresql-client", name)
}

// TestAnOlderDatabaseSendsNothingTwice restores a dump from before events were sent
// and before a delivery that waited was made.
func TestAnOlderDatabaseSendsNothingTwice(t *testing.T) {
	s := newSystem(t)
	ops, late := newReceiver(t, secret), newReceiver(t, secret)
	late.answers(func(n int, w http.ResponseWriter) {
		if n == 1 {
			w.Header().Set("Retry-After", "3600") // not before the dump
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	s.webhook("ops", ops.URL, "")
	s.webhook("late", late.URL, ", event_types: [incident.declared]")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1))
	ops.atLeast(t, 1)
	late.atLeast(t, 1)
	s.poll("both recorded", func() bool { return s.count("select count(*) from notifier_ledger.attempt") == 2 })
	s.stop()
	restore := s.dump()

	s.start()
	s.desk.Must(t, "a", incident.Acknowledge{}, incident.PostUpdate{Text: "sent before the restore"})
	ops.atLeast(t, 3)
	for _, hurry := range []string{
		"update notifier_ledger.delivery set next_attempt_at = now() where state = 'pending'",
		"update notifier_ledger.endpoint set throttled_until = null, due_at = now() where throttled_until is not null",
	} {
		if _, err := s.pool.Exec(t.Context(), hurry); err != nil {
			t.Fatal(err)
		}
	}
	late.atLeast(t, 2)
	s.poll("all delivered", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state = 'delivered'") == 4
	})
	s.stop()
	restore()

	s.start()
	s.actedThrough()
	held := must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(admin(t), &notifyv1.ListDeliveriesRequest{
		Filter: &notifyv1.DeliveryFilter{States: []notifyv1.DeliveryState{notifyv1.DeliveryState_DELIVERY_STATE_HELD}, ReasonCodes: []string{"uncertain"}},
	}))
	if n := len(held.GetDeliveries()); n != 3 {
		t.Fatalf("%d deliveries are held, want the one that waited and the two that came after: %v", n, held)
	}
	if status := must[*notifyv1.GetNotifierStatusResponse](t)(rpc.service.GetNotifierStatus(admin(t), nil)); status.GetUncertainSince() == nil || status.GetHeld() != 3 {
		t.Errorf("status %v", status)
	}
	// What comes now is certain.
	s.desk.Must(t, "a", incident.Resolve{})
	got := ops.atLeast(t, 4)
	seen := map[string]int{}
	for _, d := range got {
		seen[d.ID]++
	}
	if len(got) != 4 || len(seen) != 4 || got[3].Type != "dev.bridgelog.incident.resolved" {
		t.Errorf("sent again: %v", seen)
	}
	if n := len(late.atLeast(t, 2)); n != 2 {
		t.Errorf("the receiver that was late got %d, want 2", n)
	}

	// A person decides: the receiver's id of a delivery has not changed.
	released := must[*notifyv1.ReleaseDeliveriesResponse](t)(rpc.service.ReleaseDeliveries(admin(t), &notifyv1.ReleaseDeliveriesRequest{
		Filter: &notifyv1.DeliveryFilter{Webhooks: []string{"ops"}},
	}))
	again := ops.atLeast(t, 6)
	if released.GetReleased() != 2 || seen[again[4].ID] != 1 || seen[again[5].ID] != 1 {
		t.Errorf("released %d, ids %s and %s", released.GetReleased(), again[4].ID, again[5].ID)
	}
	discarded := must[*notifyv1.ReleaseDeliveriesResponse](t)(rpc.service.ReleaseDeliveries(admin(t), &notifyv1.ReleaseDeliveriesRequest{
		Filter: &notifyv1.DeliveryFilter{}, Discard: true,
	}))
	if discarded.GetReleased() != 1 {
		t.Errorf("discarded %d", discarded.GetReleased())
	}
	s.poll("settled", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state in ('pending', 'held')") == 0
	})
	// A restart finds nothing amiss.
	s.stop()
	s.start()
	if n := s.count("select count(*) from notifier_ledger.delivery where state = 'held'"); n != 0 {
		t.Errorf("%d deliveries are held after a restart", n)
	}
}

// TestACrashIsNotTakenForAnOlderDatabase: rounds that the ledger began and never
// recorded are its own.
func TestACrashIsNotTakenForAnOlderDatabase(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.start()
	for n := range 5 {
		s.desk.Must(t, incident.ID(rune('a'+n)), declare(uint64(n+1)))
		r.atLeast(t, n+1)
		s.stop()
		s.start()
	}
	if n := s.count("select count(*) from notifier_ledger.delivery where state = 'held'"); n != 0 {
		t.Errorf("%d deliveries are held", n)
	}
}

// TestARebuildSendsNothing empties the view and builds it anew.
func TestARebuildSendsNothing(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1), incident.Acknowledge{})
	s.desk.Must(t, "b", declare(2))
	r.atLeast(t, 3)
	s.poll("recorded", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state = 'delivered'") == 3
	})
	rebuild := func() *notifyv1.RebuildNotifierResponse {
		return must[*notifyv1.RebuildNotifierResponse](t)(rpc.service.RebuildNotifier(admin(t), nil))
	}
	if got := rebuild(); got.GetIncidents() != 2 || len(got.GetDifferences()) != 0 {
		t.Errorf("a view that is right: %v", got)
	}
	for what, damage := range map[string]string{
		"emptied": "delete from notifier_view.incident", "changed": "update notifier_view.incident set title = 'nonsense', severity = 3",
	} {
		if _, err := s.pool.Exec(t.Context(), damage); err != nil {
			t.Fatal(err)
		}
		if got := rebuild(); got.GetIncidents() != 2 || len(got.GetDifferences()) != 2 {
			t.Errorf("%s: %v", what, got)
		}
		if n := s.count("select count(*) from notifier_view.incident where title = 'Checkout returns 502' and severity = 1"); n != 2 {
			t.Errorf("%s: %d rows are right", what, n)
		}
	}
	s.desk.Must(t, "c", declare(3))
	if got := r.atLeast(t, 4); len(got) != 4 {
		t.Errorf("%d deliveries", len(got))
	}
	if n := s.count("select count(*) from notifier_ledger.delivery"); n != 4 {
		t.Errorf("%d deliveries, want 4", n)
	}
}
