package timeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// poison is an event that no version can read.
func poison() []chain.Draft {
	return []chain.Draft{{Type: "incident.severity_changed", Facts: []byte{0xff, 0xff}, Actor: "ada"}}
}

func TestPoisonStaysWithItsIncident(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	sick, well := w.problem("Sick"), w.problem("Well")
	w.Do(sick, incident.AddNote{Text: "canary"}, logtest.Act{})
	w.Append(sick, poison(), logtest.Act{Now: time.Now()})
	w.Do(well, incident.AddNote{Text: "fine"}, logtest.Act{})
	future := []chain.Draft{{Type: "incident.sung", Actor: "ada"}}
	third := w.problem("From the future")
	w.Append(third, future, logtest.Act{Now: time.Now()})
	check := func(n *node) {
		t.Helper()
		got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "2", Position: w.settle()}))
		if got.GetIncident().GetRevision() != 2 || got.GetIncident().GetQuarantined() {
			t.Errorf("the other incident: %v", got.GetIncident())
		}
		got = must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1"}))
		if got.GetIncident().GetRevision() != 2 || !got.GetIncident().GetQuarantined() {
			t.Errorf("the sick incident: %v", got.GetIncident())
		}
		status := must[*timelinev1.GetStatusResponse](t)(n.GetStatus(as(t, "eve"), &timelinev1.GetStatusRequest{}))
		if q := status.GetQuarantined(); len(q) != 2 || q[0].GetRevision() != 3 || q[0].GetIncidentId() != string(sick) ||
			!strings.Contains(q[1].GetProblem(), "later version") {
			t.Errorf("quarantine %v", q)
		}
	}
	check(n)
	// What comes after the poison is not shown, but redactions apply.
	w.Redact(sick, 2, logtest.Act{})
	list := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"), &timelinev1.ListEntriesRequest{Incident: "1", Position: w.settle()}))
	if e := list.GetEntries(); len(e) != 2 || e[1].GetText() != "" || !e[1].GetRedacted() {
		t.Errorf("entries %v", e)
	}
	found := must[*timelinev1.SearchEntriesResponse](t)(n.SearchEntries(as(t, "root"), &timelinev1.SearchEntriesRequest{Query: "canary"}))
	if len(found.GetEntries()) != 0 {
		t.Errorf("search still finds %v", found.GetEntries())
	}
	past := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"), &timelinev1.ListEntriesRequest{
		Incident: "1", At: &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(time.Now())}},
	}))
	if e := past.GetEntries(); len(e) != 2 || e[1].GetText() != "" {
		t.Errorf("in the past: %v", e)
	}
	n.stop()
	again := w.start()
	check(again)
	if _, err := again.rebuild(t); err != nil {
		t.Errorf("rebuild with poison: %v", err)
	}
	check(again)
}

func TestRestartGoesOnWhereItStood(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.fill(3)
	must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	n.stop()
	id := w.problem("While it was away")
	w.Do(incident.ID("inc00001"), incident.AddNote{Text: "also"}, logtest.Act{})
	again := w.start()
	got := must[*timelinev1.GetIncidentResponse](t)(again.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: string(id), Position: w.settle()}))
	if got.GetIncident().GetTitle() != "While it was away" {
		t.Errorf("got %v", got)
	}
	if _, err := again.rebuild(t); err != nil {
		t.Errorf("the view is not what a rebuild makes: %v", err)
	}
}

func TestTwoServicesShareOneModel(t *testing.T) {
	w := newWorld(t)
	a, b := w.start(), w.start()
	id := w.problem("Shared")
	for i := range 20 {
		at := w.Do(id, incident.AddNote{Text: "x"}, logtest.Act{})
		n := []*node{a, b}[i%2]
		got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: at.String()}))
		if got.GetIncident().GetRevision() != uint64(i+2) {
			t.Errorf("service %d read revision %d after %d", i%2, got.GetIncident().GetRevision(), i+2)
		}
	}
	// The other one takes over.
	a.stop()
	at := w.Do(id, incident.Acknowledge{}, logtest.Act{})
	got := must[*timelinev1.GetIncidentResponse](t)(b.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: at.String()}))
	if got.GetIncident().GetAcknowledgedBy() != "ada" {
		t.Errorf("got %v", got)
	}
}

func TestDatabaseThatGoesAway(t *testing.T) {
	outage := pgtest.NewOutage(t)
	pool, err := pgxpool.New(t.Context(), outage.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	log := memory.New(memory.Options{})
	w := &world{Writer: logtest.New(t, log), t: t, log: log, pool: pool}
	n := w.start()
	id := w.problem("Before")
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	outage.Stop(t)
	w.Do(id, incident.AddNote{Text: "meanwhile"}, logtest.Act{})
	_, err = n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1"})
	refused(t, err, "unavailable", "database_unavailable")
	ctx, cancel := context.WithTimeout(as(t, "eve"), 100*time.Millisecond)
	defer cancel()
	if _, err := n.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}); err == nil {
		t.Error("a read that cannot hold the write was answered")
	}
	outage.Start(t)
	got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	if got.GetIncident().GetRevision() != 2 {
		t.Errorf("got %v", got)
	}
}

func TestAReadThatRunsOutOfTime(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.problem("Slow")
	head, err := w.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head.Sequence += 100
	ctx, cancel := context.WithTimeout(as(t, "eve"), 200*time.Millisecond)
	defer cancel()
	_, err = n.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: "1", Position: head.String()})
	if err == nil {
		t.Error("a position beyond the end of the log was answered")
	}
}
