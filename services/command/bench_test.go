package command_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// BenchmarkNotes appends notes through gRPC to an embedded server that syncs every
// write, each client to an incident of its own.
func BenchmarkNotes(b *testing.B) {
	for _, n := range []int{1, 64} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			w := worldOn(b, natstest.Start(b).Log(jetstream.Config{}, jetstream.Options{}))
			mia := w.start().as("mia")
			for i := range n {
				request := &incidentv1.DeclareIncidentRequest{Title: fmt.Sprint("Incident ", i)}
				if _, err := mia.DeclareIncident(b.Context(), request); err != nil {
					b.Fatal(err)
				}
			}
			var next atomic.Int64
			var running sync.WaitGroup
			b.ResetTimer()
			for client := range n {
				note := &incidentv1.AddNoteRequest{Incident: fmt.Sprint(client + 1), Text: "Connections of the pool are exhausted; restarting one replica to see whether it helps."}
				running.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if _, err := mia.AddNote(b.Context(), note); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			running.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "notes/s")
		})
	}
}

// BenchmarkImport imports histories of eleven events each, 200 a call.
func BenchmarkImport(b *testing.B) {
	w := worldOn(b, natstest.Start(b).Log(jetstream.Config{}, jetstream.Options{}))
	mia := w.start().as("mia")
	events := 0
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		request := &incidentv1.ImportIncidentsRequest{}
		for j := range 200 {
			request.Incidents = append(request.Incidents, history(fmt.Sprint(i, "-", j), 10))
		}
		r, err := mia.ImportIncidents(b.Context(), request)
		if err != nil {
			b.Fatal(err)
		}
		for _, o := range r.GetOutcomes() {
			events += int(o.GetEvents())
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
