package incident_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// BenchmarkFold folds an incident of 1,000 entries.
func BenchmarkFold(b *testing.B) {
	h := incidenttest.New("inc-41")
	h.Record(ann, h.Now, declaredEvent())
	for i := range 999 {
		if i%10 == 0 {
			h.Record(bob, h.Now, incident.EntryPinned{Entry: h.State.Revision, Pinned: true})
		} else {
			h.Record([]incident.PersonID{ann, bob, cy}[i%3], h.Now, incident.NoteAdded{Text: "x"})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if s := incident.Fold(h.Events...); s.Revision != 1000 {
			b.Fatal(s.Revision)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/event")
}
