package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// rebuild runs a rebuild to its end and returns its phases.
func (n *node) rebuild(t *testing.T) ([]*timelinev1.RebuildResponse, error) {
	t.Helper()
	stream, err := n.Rebuild(as(t, "root"), &timelinev1.RebuildRequest{})
	if err != nil {
		return nil, err
	}
	var all []*timelinev1.RebuildResponse
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, m)
	}
}

// fill writes incidents with everything that can happen to entries.
func (w *world) fill(incidents int) {
	w.t.Helper()
	for i := range incidents {
		id := w.Declare(incident.Declare{
			Title: fmt.Sprintf("Problem %d", i), Summary: "more", Severity: incident.Severity(i % 4), Private: i%7 == 3, Drill: i%9 == 4,
			Services: []string{"checkout", fmt.Sprintf("svc%d", i%5)},
		}, logtest.Act{})
		w.Do(id, incident.AddNote{Text: fmt.Sprintf("zebra note %d", i)}, logtest.Act{Actor: "bob"})
		w.Do(id, incident.AssignRole{Role: incident.Commander, Person: "ada"}, logtest.Act{})
		w.Do(id, incident.EditEntry{Entry: 2, Text: fmt.Sprintf("giraffe note %d", i)}, logtest.Act{Actor: "bob"})
		w.Do(id, incident.PinEntry{Entry: 2, Pinned: true}, logtest.Act{Actor: "bob"})
		if i%3 == 0 {
			w.Do(id, incident.Resolve{Summary: "fixed"}, logtest.Act{})
		}
		if i%5 == 0 {
			w.Do(id, incident.AddNote{Text: "canary"}, logtest.Act{})
			w.Redact(id, w.revision(id), logtest.Act{})
		}
	}
}

// dump is every row of the live model as text.
func (w *world) dump() []string {
	w.t.Helper()
	var rows []string
	err := pgx.BeginFunc(w.t.Context(), w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.t.Context(), "select set_config('search_path', 'timeline_v' || version, true) from timeline.live"); err != nil {
			return err
		}
		found, err := tx.Query(w.t.Context(), `select 'i ' || i::text from incident i union all select 'e ' || e::text from entry e
			union all select 'w ' || w::text from entry_words w union all select 'q ' || q::text from quarantine q order by 1`)
		if err != nil {
			return err
		}
		rows, err = pgx.CollectRows(found, pgx.RowTo[string])
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func TestRebuildIsIdenticalAndNobodyNotices(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.fill(60)
	must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	before := w.dump()

	ctx, stopReading := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range 3 {
		reading.Go(func() {
			for ctx.Err() == nil {
				if _, err := n.ListEntries(as(t, "root"), &timelinev1.ListEntriesRequest{Incident: "INC-7"}); err != nil {
					t.Errorf("a read failed during the rebuild: %v", err)
					return
				}
			}
		})
	}
	phases, err := n.rebuild(t)
	stopReading()
	reading.Wait()
	if err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	if last := phases[len(phases)-1]; last.GetPhase() != timelinev1.RebuildPhase_REBUILD_PHASE_DONE || last.GetVersion() != 2 {
		t.Errorf("ended with %v", last)
	}
	after := w.dump()
	if len(before) != len(after) || len(before) < 300 {
		t.Fatalf("%d rows before, %d after", len(before), len(after))
	}
	for i := range before {
		if before[i] != after[i] {
			t.Fatalf("differs:\n%s\n%s", before[i], after[i])
		}
	}
	// The projection goes on in the new version, and searches find everything.
	id := w.problem("After")
	w.Do(id, incident.AddNote{Text: "giraffe again"}, logtest.Act{})
	found := must[*timelinev1.SearchEntriesResponse](t)(n.SearchEntries(as(t, "root"), &timelinev1.SearchEntriesRequest{Query: "giraffes", PageSize: 100, Position: w.settle()}))
	if len(found.GetEntries()) != 61 || found.GetSearchIncomplete() {
		t.Errorf("found %d entries, incomplete %v", len(found.GetEntries()), found.GetSearchIncomplete())
	}
	status := must[*timelinev1.GetStatusResponse](t)(n.GetStatus(as(t, "root"), &timelinev1.GetStatusRequest{}))
	if status.GetSchemaVersion() != 2 || status.GetLagEvents() != 0 || status.GetPosition() != w.settle() {
		t.Errorf("status %v", status)
	}
}

func TestRebuildNextToWrites(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.fill(20)
	id := w.problem("Busy")
	ctx, stopWriting := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			w.Do(id, incident.AddNote{Text: fmt.Sprint("note ", i)}, logtest.Act{})
			if i%10 == 0 {
				w.Redact(id, w.revision(id), logtest.Act{})
			}
		}
	})
	_, err := n.rebuild(t)
	stopWriting()
	writing.Wait()
	if err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	list := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "root"), &timelinev1.GetIncidentRequest{Incident: string(id), Position: w.settle()}))
	if list.GetIncident().GetRevision() != w.revision(id) {
		t.Errorf("revision %d, want %d", list.GetIncident().GetRevision(), w.revision(id))
	}
	again, err := n.rebuild(t)
	if err != nil || again[len(again)-1].GetVersion() != 3 {
		t.Errorf("second rebuild: %v", err)
	}
}

func TestRebuildKeepsALiveViewThatDiffers(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.fill(5)
	must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	w.sql("update timeline_v1.entry set body = 'tampered' where incident_id = 'inc00002' and revision = 2")
	phases, err := n.rebuild(t)
	refused(t, err, "failed_precondition", "rebuild_differs")
	if last := phases[len(phases)-1]; len(last.GetDifferences()) != 1 || last.GetDifferences()[0] != "inc00002" {
		t.Errorf("differences %v", last)
	}
	status := must[*timelinev1.GetStatusResponse](t)(n.GetStatus(as(t, "root"), &timelinev1.GetStatusRequest{}))
	if status.GetSchemaVersion() != 1 {
		t.Errorf("version %d answers", status.GetSchemaVersion())
	}
}

func (w *world) sql(statement string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), statement, args...); err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
}

func TestTwoRebuildsAtOnce(t *testing.T) {
	w := newWorld(t)
	a, b := w.start(), w.start()
	w.fill(10)
	must[*timelinev1.ListIncidentsResponse](t)(a.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	// Holding the swing keeps the first rebuild from ending.
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.holdSwing(tx)
	ended := make(chan error, 1)
	go func() {
		_, err := a.rebuild(t)
		ended <- err
	}()
	w.eventually(func() bool {
		return w.count("select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0
	})
	_, err = b.rebuild(t)
	refused(t, err, "failed_precondition", "rebuild_running")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the first rebuild: %v", err)
	}
}

// holdSwing takes the lock that writers of the live version hold.
func (w *world) holdSwing(tx pgx.Tx) {
	w.t.Helper()
	if _, err := tx.Exec(w.t.Context(), "select pg_advisory_xact_lock_shared($1)", swingLock()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(query string) int {
	w.t.Helper()
	var n int
	if err := w.pool.QueryRow(w.t.Context(), query).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// eventually waits until a condition holds.
func (w *world) eventually(holds func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			w.t.Fatal("it did not become true in time")
		}
	}
}

func TestInterruptedRebuildIsCleanedUp(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.fill(5)
	must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	// What a killed process leaves behind, of any version.
	w.sql("create schema timeline_v2; create table timeline_v2.incident (id text)")
	w.sql("create schema timeline_v17")
	if _, err := n.rebuild(t); err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	if n := w.count(`select count(*) from pg_namespace where nspname ~ '^timeline_v\d+$'`); n != 1 {
		t.Errorf("%d versions are left", n)
	}
}

func TestAnotherFoldIsRebuiltByItself(t *testing.T) {
	w := newWorld(t)
	first := w.start()
	w.fill(5)
	must[*timelinev1.ListIncidentsResponse](t)(first.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	first.stop()
	w.sql("update timeline.live set fold = fold - 1")
	w.sql("update timeline_v1.entry set headline = 'as an older version wrote it'")
	n := w.start()
	w.problem("New")
	w.eventually(func() bool {
		return w.count("select count(*) from timeline.live where version = 2 and searchable") == 1
	})
	got := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "root"), &timelinev1.ListEntriesRequest{Incident: "1", Position: w.settle()}))
	if got.GetEntries()[0].GetHeadline() == "as an older version wrote it" {
		t.Error("the old rows are still there")
	}
}

func TestInterruptedSearchIndexIsFinished(t *testing.T) {
	w := newWorld(t)
	first := w.start()
	w.fill(12)
	must[*timelinev1.ListIncidentsResponse](t)(first.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	first.stop()
	w.sql("update timeline.live set searchable = false")
	w.sql("delete from timeline_v1.entry_words where revision > 1")
	n := w.start()
	w.eventually(func() bool { return w.count("select count(*) from timeline.live where searchable") == 1 })
	found := must[*timelinev1.SearchEntriesResponse](t)(n.SearchEntries(as(t, "root"), &timelinev1.SearchEntriesRequest{Query: "giraffe", PageSize: 200}))
	if len(found.GetEntries()) != 12 {
		t.Errorf("found %d", len(found.GetEntries()))
	}
}

// TestAViewThatIsFarBehindIsRebuilt: a service that comes to a long log does not
// follow it event by event.
func TestAViewThatIsFarBehindIsRebuilt(t *testing.T) {
	w := newWorld(t)
	w.fill(60)
	n := w.start(func(c *timeline.Config) { c.FarBehind = 100 })
	w.eventually(func() bool {
		status, err := n.GetStatus(as(t, "root"), &timelinev1.GetStatusRequest{})
		return err == nil && status.GetSchemaVersion() == 2 && !status.GetSearchIncomplete()
	})
	// The projection goes on, and what a rebuild makes is what it has.
	id := w.problem("After")
	got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: string(id), Position: w.settle()}))
	if got.GetIncident().GetTitle() != "After" {
		t.Errorf("got %v", got)
	}
	overtaken := w.dump()
	if _, err := n.rebuild(t); err != nil {
		t.Fatal(err)
	}
	w.eventually(func() bool { return w.count("select count(*) from timeline.live where searchable") == 1 })
	if again := w.dump(); !slices.Equal(overtaken, again) || len(again) < 300 {
		t.Errorf("%d rows, then %d", len(overtaken), len(again))
	}
	// A few events are followed.
	n.stop()
	for range 50 {
		w.Do(id, incident.AddNote{Text: "while it was away"}, logtest.Act{})
	}
	n = w.start(func(c *timeline.Config) { c.FarBehind = 51 })
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: string(id), Position: w.settle()}))
	if w.count("select version from timeline.live") != 3 {
		t.Error("the view was rebuilt")
	}
}
