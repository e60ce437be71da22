package timeline_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

const (
	benchIncidents = 20_000
	benchEvents    = 12 // of each incident
)

// bulk fills a log in memory.
func bulk(b *testing.B) *memory.Log {
	b.Helper()
	log := memory.New(memory.Options{})
	bulkInto(b, log)
	return log
}

// bulkInto fills a log with incidents of 12 events, round after round, so that all
// are open at once, and returns how many events there are. Texts are of the
// length that people write at work.
func bulkInto(b *testing.B, log eventlog.Log) int {
	b.Helper()
	w := logtest.New(b, log)
	ids := make([]incident.ID, benchIncidents)
	for i := range ids {
		ids[i] = w.Reserve()
	}
	for round, e := range story() {
		draft, err := record.Encode(e)
		if err != nil {
			b.Fatal(err)
		}
		draft.Actor = "ada"
		for at := 0; at < len(ids); at += eventlog.MaxBatch {
			w.AppendRound(ids[at:min(at+eventlog.MaxBatch, len(ids))], func(n int) chain.Draft {
				if round == 0 {
					return declaration(b, at+n)
				}
				return draft
			})
		}
	}
	return benchIncidents * benchEvents
}

func declaration(b *testing.B, n int) chain.Draft {
	b.Helper()
	draft, err := record.Encode(incident.Declared{
		Number: uint64(n) + 1, Title: fmt.Sprintf("Checkout returns 502 in region %d", n), Severity: incident.SEV2,
		Status: incident.StatusInvestigating, Origin: incident.OriginPerson, Services: []string{"checkout"},
	})
	if err != nil {
		b.Fatal(err)
	}
	draft.Actor = "ada"
	return draft
}

// story is what happens in each incident, after its declaration.
func story() []incident.Event {
	return []incident.Event{
		incident.Declared{},
		incident.Acknowledged{},
		incident.RoleAssigned{Role: incident.Commander, Person: "ada"},
		incident.NoteAdded{
			Text:  "Errors began at 14:05, right after the deploy of the payment service; the dashboards show a rise of 502 answers in two regions only.",
			Label: "hypothesis",
		},
		incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1, Reason: "All of Europe."},
		incident.UpdatePosted{Text: "We roll back the payment service. Next update in fifteen minutes, or as soon as the error rate falls."},
		incident.EntryPinned{Entry: 4, Pinned: true},
		incident.PublicUpdatePublished{UpdateID: "u1", Status: incident.StatusInvestigating, Message: "We are looking into failing payments."},
		incident.NoteAdded{Text: "Rollback complete in the first region, error rate falls from 12 % to 0.2 %."},
		incident.Mitigated{Summary: "Rolled back."},
		incident.StatusChanged{From: incident.StatusInvestigating, To: incident.StatusMonitoring},
		incident.Resolved{From: incident.StatusMonitoring, Summary: "Rollback complete everywhere."},
	}
}

func benchStore(b *testing.B) (*store.Store, *pgxpool.Pool) {
	b.Helper()
	pool := server.Pool(b)
	s := store.New(pool)
	if err := s.Prepare(b.Context(), view.Version()); err != nil {
		b.Fatal(err)
	}
	return s, pool
}

// BenchmarkRebuild measures a rebuild to the swing and its search index.
func BenchmarkRebuild(b *testing.B) {
	log := bulk(b)
	s, pool := benchStore(b)
	// A live view of another fold is not compared; it is empty here.
	if _, err := pool.Exec(b.Context(), "update timeline.live set fold = 0"); err != nil {
		b.Fatal(err)
	}
	r := rebuild.New(log, s, pool, slog.New(slog.DiscardHandler))
	var swung, searched time.Duration
	for b.Loop() {
		began := time.Now()
		last := time.Now()
		var phase rebuild.Phase
		err := r.Run(b.Context(), func(p rebuild.Progress) {
			if p.Phase != phase || p.Done == 0 {
				b.Logf("phase %d took %v", phase, time.Since(last))
				phase, last = p.Phase, time.Now()
			}
			switch p.Phase {
			case rebuild.Swung:
				swung += time.Since(began)
				began = time.Now()
			case rebuild.Done:
				searched += time.Since(began)
			default:
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	events := float64(b.N * benchIncidents * benchEvents)
	b.ReportMetric(events/swung.Seconds(), "events/s")
	b.ReportMetric(events/searched.Seconds(), "searchable/s")
}
