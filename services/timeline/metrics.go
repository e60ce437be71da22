package timeline

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// metrics are read from the database and the rebuild when they are asked for. How
// far the projection is behind is measured by package projection.
type metrics struct {
	service     *Service
	quarantined *prometheus.Desc
	phase       *prometheus.Desc
	done        *prometheus.Desc
	searchable  *prometheus.Desc
	erasing     *prometheus.Desc
}

// scrapePatience bounds how long the database may take for one scrape.
const scrapePatience = 2 * time.Second

func (s *Service) register(to prometheus.Registerer) error {
	if to == nil {
		return nil
	}
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("bridgelog_timeline_"+name, help, nil, nil)
	}
	return to.Register(&metrics{
		service:     s,
		quarantined: describe("quarantined_incidents", "Incidents whose view ends before an event that cannot be folded."),
		phase:       describe("rebuild_phase", "Phase of the rebuild that runs in this process: 1 fold, 2 index, 3 catch up, 4 compare, 5 swung, 6 search; 0 none."),
		done:        describe("rebuild_done_ratio", "Part of the rebuild's phase that is done."),
		searchable:  describe("search_complete", "1 when searches find everything, 0 while the index is being built."),
		erasing:     describe("erasure_pending", "1 while files of the database may still hold content that was redacted."),
	})
}

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	to <- m.quarantined
	to <- m.phase
	to <- m.done
	to <- m.searchable
	to <- m.erasing
}

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64) { to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	phase, done := 0.0, 0.0
	if p := m.service.rebuilder.Progress(); p != nil {
		phase = float64(p.Phase)
		if p.Total > 0 {
			done = float64(p.Done) / float64(p.Total)
		}
	}
	gauge(m.phase, phase)
	gauge(m.done, done)
	ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
	defer cancel()
	// A database that is away shows in other metrics.
	_ = m.service.store.Read(ctx, "count quarantine", store.Viewer{Everything: true}, func(snapshot *store.Snapshot) error {
		problems, err := snapshot.Quarantined(ctx)
		if err != nil {
			return err
		}
		gauge(m.quarantined, float64(len(problems)))
		gauge(m.searchable, number(snapshot.Live.Searchable))
		return nil
	})
	if e, err := m.service.store.Erasure(ctx); err == nil {
		gauge(m.erasing, number(e.Pending()))
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
