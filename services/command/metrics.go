package command

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// metrics are what the service counts. Ids are never labels.
type metrics struct {
	appends   *prometheus.HistogramVec
	conflicts *prometheus.CounterVec
	replays   prometheus.Counter
	lookups   *prometheus.CounterVec
}

func newMetrics() *metrics {
	return &metrics{
		appends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "bridgelog_append_duration_seconds",
			Help:    "Time from handing a commit to the log to its answer.",
			Buckets: []float64{.0001, .0002, .0005, .001, .002, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"outcome"}),
		conflicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_command_conflicts_total",
			Help: "Commands that met another change: decided again, or refused.",
		}, []string{"result"}),
		replays: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bridgelog_command_replays_total",
			Help: "Repeated requests that were answered with their first result.",
		}),
		lookups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_command_cache_lookups_total",
			Help: "Lookups of folded incidents in memory.",
		}, []string{"result"}),
	}
}

// register adds the metrics to a registry; nil keeps them to themselves.
func (m *metrics) register(r prometheus.Registerer, s *history.Store) error {
	if r == nil {
		return nil
	}
	gauge := func(name, help string, read func(entries, bytes int) int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return float64(read(s.Stats()))
		})
	}
	return errors.Join(
		r.Register(m.appends), r.Register(m.conflicts), r.Register(m.replays), r.Register(m.lookups),
		r.Register(gauge("bridgelog_command_cache_incidents", "Folded incidents in memory.", func(n, _ int) int { return n })),
		r.Register(gauge("bridgelog_command_cache_bytes", "Rough size of the folded incidents in memory.", func(_, b int) int { return b })),
	)
}

// CacheAsked implements history.Observer.
func (m *metrics) CacheAsked(hit bool) { m.lookups.WithLabelValues(word(hit, "hit", "miss")).Inc() }

// Appended implements history.Observer.
func (m *metrics) Appended(took time.Duration, err error) {
	outcome := "stored"
	switch {
	case errors.Is(err, eventlog.ErrConflict):
		outcome = "conflict"
	case err != nil:
		outcome = "error"
	}
	m.appends.WithLabelValues(outcome).Observe(took.Seconds())
}

// Conflicted implements write.Observer.
func (m *metrics) Conflicted(retried bool) {
	m.conflicts.WithLabelValues(word(retried, "retried", "refused")).Inc()
}

// Replayed implements write.Observer.
func (m *metrics) Replayed() { m.replays.Inc() }

func word(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
