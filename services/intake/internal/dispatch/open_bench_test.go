package dispatch_test

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
)

var incidents = flag.Int("incidents", 2000, "incidents in the log of BenchmarkFirstAttach, one of ten open")

// realLog is a log on an embedded server.
func realLog(b *testing.B) *jetstream.Log {
	b.Helper()
	server, err := natsserver.Start(b.Context(), natsserver.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Close)
	admin, err := server.Connect(natsserver.UserBootstrap)
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close()
	system, err := server.Connect(natsserver.UserSystem)
	if err != nil {
		b.Fatal(err)
	}
	defer system.Close()
	if _, err := jetstream.Bootstrap(b.Context(), admin, system, jetstream.Config{LogBytes: 8 << 30}); err != nil {
		b.Fatal(err)
	}
	conn, err := server.Connect(natsserver.UserCommand)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(conn.Close)
	log, err := jetstream.Open(b.Context(), conn, jetstream.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return log
}

// lifeOf is what happens to the incident of a number: work, an end and what comes after it;
// one of ten stays open.
func lifeOf(number uint64) []incident.Event {
	note := incident.NoteAdded{Text: "Connections to the primary are exhausted again; the pool of the checkout workers grew after the last deployment."}
	events := []incident.Event{
		incident.Declared{
			Number: number, Severity: incident.SEV2, Status: incident.StatusInvestigating, Title: "Checkout returns 502",
			Services: []string{fmt.Sprintf("service-%d", number%50)},
		},
		incident.Acknowledged{},
		incident.RoleAssigned{Role: incident.Commander, Person: "ada"},
		note, note, note, note, note,
	}
	if number%10 == 0 {
		return events
	}
	return append(events, incident.Resolved{From: incident.StatusInvestigating, Summary: "Rolled back."},
		incident.StabilityConfirmed{Note: "Flat."}, incident.DebriefAdded{Text: "We rolled back late."}, incident.Closed{})
}

// lived writes the lives of many incidents side by side, a batch for each event.
func lived(b *testing.B, log eventlog.Log, from, count int) {
	b.Helper()
	heads, last := make([]chain.Head, count), make([]uint64, count)
	for step := 0; ; step++ {
		var batch []eventlog.Append
		var of []int
		for n := range count {
			events := lifeOf(uint64(from + n))
			if step >= len(events) {
				continue
			}
			draft, err := record.Encode(events[step])
			if err != nil {
				b.Fatal(err)
			}
			draft.EventID, draft.Actor = fmt.Sprintf("event-%d-%d", from+n, step), "ada"
			subject := fmt.Sprintf("incident.bench%021d", from+n)
			a := eventlog.Append{Subject: subject, Expect: last[n]}
			if a.Data, heads[n], err = chain.Seal(heads[n], subject, []chain.Draft{draft}, chain.Request{}, time.Unix(1_800_000_000, 0), rand.Reader); err != nil {
				b.Fatal(err)
			}
			batch, of = append(batch, a), append(of, n)
		}
		if len(batch) == 0 {
			return
		}
		positions, err := log.AppendBatch(b.Context(), batch)
		if err != nil {
			b.Fatal(err)
		}
		for i, n := range of {
			last[n] = positions[i].Sequence
		}
	}
}

// BenchmarkFirstAttach measures how long the first alert waits that joins the open incident
// of its service, when nobody prepared for it, and what the index keeps in memory; and how
// long each alert after it takes.
func BenchmarkFirstAttach(b *testing.B) {
	log := realLog(b)
	for from := 0; from < *incidents; from += eventlog.MaxBatch {
		lived(b, log, from+1, min(eventlog.MaxBatch, *incidents-from))
	}
	ask := func(open *dispatch.Open, n int) {
		service := fmt.Sprintf("service-%d", 10*(n%5))
		if id, err := open.Of(b.Context(), service, "alert"); err != nil || id == "" {
			b.Fatalf("%s: %q, %v", service, id, err)
		}
	}
	begin := func() (*dispatch.Open, func()) {
		open := dispatch.NewOpen(log)
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		go func() { done <- open.Run(ctx) }()
		return open, func() {
			cancel()
			if err := <-done; err != nil {
				b.Error(err)
			}
		}
	}
	b.Run("first", func(b *testing.B) {
		var kept uint64
		for b.Loop() {
			before := live()
			open, end := begin()
			ask(open, 0)
			kept = live() - min(before, live())
			runtime.KeepAlive(open)
			end()
		}
		b.ReportMetric(float64(kept)/(1<<20), "MiB-kept")
	})
	b.Run("later", func(b *testing.B) {
		open, end := begin()
		defer end()
		ask(open, 0)
		n := 0
		for b.Loop() {
			ask(open, n)
			n++
		}
	})
}

// live is what is reachable on the heap.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
