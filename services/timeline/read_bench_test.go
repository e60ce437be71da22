package timeline_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// percentiles reports p50 and p99 of durations in milliseconds.
func percentiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkList measures the first page of filtered lists over 100,000 incidents,
// a tenth of them private.
func BenchmarkList(b *testing.B) {
	s, pool := benchStore(b)
	_, err := pool.Exec(b.Context(), `insert into timeline_v1.incident
		select 'inc' || n, n, 1, (array['SEV-1','SEV-2','SEV-3','unknown'])[1 + n / 10 % 4],
			(array['investigating','resolved','closed','closed','closed','closed','closed','closed','closed','closed'])[1 + n % 10], 'incident',
			n % 10 = 0, n % 10 = 7, n % 50 = 3, false, now() - n * interval '1 minute', array['svc' || n / 11 % 200], array['p' || n / 13 % 500],
			array['p' || n % 500], decode(repeat('00', 0), 'hex') from generate_series(1, 100000) n;
		analyze timeline_v1.incident`)
	if err != nil {
		b.Fatal(err)
	}
	queries := map[string]store.ListQuery{
		"all": {}, "open": {Open: true}, "sev1 open": {Open: true, Severities: []incident.Severity{incident.SEV1}},
		"service": {Services: []string{"svc17"}}, "person": {Person: "p42"}, "no such service": {Services: []string{"none"}},
		"resolved sev3": {Statuses: []incident.Status{incident.StatusResolved}, Severities: []incident.Severity{incident.SEV3}},
		"old":           {Until: time.Now().Add(-60000 * time.Minute)},
	}
	for name, q := range queries {
		q.Limit = 50
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				err := s.Read(b.Context(), "list", store.Viewer{Person: "p1"}, func(snapshot *store.Snapshot) error {
					_, _, err := snapshot.List(b.Context(), q)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			percentiles(b, took)
		})
	}
}

// BenchmarkListAtOnce measures what BenchmarkList does for four clients at once,
// through gRPC and with real documents, and the CPU that a list takes here, client
// included, and in the database.
func BenchmarkListAtOnce(b *testing.B) {
	log := memory.New(memory.Options{})
	w := &world{Writer: logtest.New(b, log), t: b, log: log, pool: server.Pool(b)}
	n := w.start()
	w.Declare(incident.Declare{Title: "Checkout returns 502 in two regions", Summary: "Since the deploy", Severity: incident.SEV2, Services: []string{"checkout"}}, logtest.Act{})
	w.visible(n)
	_, err := w.pool.Exec(b.Context(), `insert into timeline_v1.incident
		select 'inc' || n, n, 1, (array['SEV-1','SEV-2','SEV-3','unknown'])[1 + n / 10 % 4],
			(array['investigating','resolved','closed','closed','closed','closed','closed','closed','closed','closed'])[1 + n % 10], 'incident',
			n % 10 = 0, false, false, false, now() - n * interval '1 minute', array['service-' || n / 11 % 50], array['p' || n / 13 % 500],
			array['p' || n % 500], document from generate_series(2, 100000) n, timeline_v1.incident where number = 1;
		analyze timeline_v1.incident`)
	if err != nil {
		b.Fatal(err)
	}
	w.sql("vacuum timeline_v1.incident")
	requests := []*timelinev1.ListIncidentsRequest{
		{Open: true},
		{Severities: []incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV1}},
		{Services: []string{"service-17"}},
		{Statuses: []incidentv1.Status{incidentv1.Status_STATUS_RESOLVED}},
	}
	var mu sync.Mutex
	var took []time.Duration
	own, database := cpu(b), w.databaseCPU(b)
	b.SetParallelism(2)
	b.RunParallel(func(pb *testing.PB) {
		ctx := as(b, "eve")
		for i := 0; pb.Next(); i++ {
			began := time.Now()
			if _, err := n.ListIncidents(ctx, requests[i%len(requests)]); err != nil {
				b.Error(err)
				return
			}
			mu.Lock()
			took = append(took, time.Since(began))
			mu.Unlock()
		}
	})
	b.ReportMetric(float64((cpu(b)-own).Microseconds())/float64(len(took)), "own-µs/list")
	b.ReportMetric(float64((w.databaseCPU(b)-database).Microseconds())/float64(len(took)), "db-µs/list")
	percentiles(b, took)
}

// BenchmarkEntriesAtAnyInstant measures a page of 50 of an incident of 1,000
// entries.
func BenchmarkEntriesAtAnyInstant(b *testing.B) {
	log := memory.New(memory.Options{})
	w := &world{Writer: logtest.New(b, log), t: b, log: log, pool: server.Pool(b)}
	n := w.start()
	noon := time.Now().Add(-24 * time.Hour)
	id := w.Declare(incident.Declare{Title: "Slow"}, logtest.Act{Now: noon})
	for i := 1; i < 1000; i++ {
		w.Do(id, incident.AddNote{Text: fmt.Sprintf("note %d of a long night, with a sentence about what was tried and what came of it", i)},
			logtest.Act{Now: noon.Add(time.Duration(i) * time.Second)})
	}
	must[*timelinev1.GetIncidentResponse](b)(n.GetIncident(as(b, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	ctx := as(b, "eve")
	for name, at := range map[string]func(i int) *timelinev1.TimeTravel{
		"now": func(int) *timelinev1.TimeTravel { return nil },
		"known": func(i int) *timelinev1.TimeTravel {
			return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(noon.Add(time.Duration(i*37%1000) * time.Second))}}
		},
		"happened": func(i int) *timelinev1.TimeTravel {
			return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: stamp(noon.Add(time.Duration(i*37%1000) * time.Second))}}
		},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				began := time.Now()
				_, err := n.ListEntries(ctx, &timelinev1.ListEntriesRequest{Incident: "1", At: at(i), PageSize: 50})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			percentiles(b, took)
		})
	}
}

// BenchmarkVisible measures from the append to a read that holds it.
func BenchmarkVisible(b *testing.B) {
	log := memory.New(memory.Options{})
	w := &world{Writer: logtest.New(b, log), t: b, log: log, pool: server.Pool(b)}
	n := w.start()
	id := w.Declare(incident.Declare{Title: "Slow"}, logtest.Act{})
	must[*timelinev1.GetIncidentResponse](b)(n.GetIncident(as(b, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	var took []time.Duration
	for b.Loop() {
		at := w.Do(id, incident.AddNote{Text: "x"}, logtest.Act{})
		began := time.Now()
		_, err := n.GetIncident(as(b, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: at.String()})
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}
