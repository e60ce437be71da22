package lane

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts attempts. The nil Metrics counts nothing.
type Metrics struct {
	attempts *prometheus.CounterVec
	took     prometheus.Histogram
	waiting  prometheus.Gauge
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_notifier_attempts_total", Help: "Attempts to deliver, by outcome.",
		}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bridgelog_notifier_attempt_seconds", Help: "How long an attempt took.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 12),
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bridgelog_notifier_oldest_pending_seconds", Help: "Age of the oldest delivery that is still to be made.",
		}),
	}
	r.MustRegister(m.attempts, m.took, m.waiting)
	return m
}

func (m *Metrics) attempted(outcome string, took time.Duration) {
	if m != nil {
		m.attempts.WithLabelValues(outcome).Inc()
		m.took.Observe(took.Seconds())
	}
}

func (m *Metrics) oldest(age time.Duration) {
	if m != nil {
		m.waiting.Set(age.Seconds())
	}
}
