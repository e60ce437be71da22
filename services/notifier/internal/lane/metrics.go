package lane

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts attempts and deliveries. The nil Metrics counts nothing.
type Metrics struct {
	attempts   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	disables   *prometheus.CounterVec
	took       prometheus.Histogram
	waiting    prometheus.Gauge
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m := &Metrics{
		attempts:   counter("bridgelog_notifier_attempts_total", "Attempts to deliver, by outcome.", "outcome"),
		deliveries: counter("bridgelog_notifier_deliveries_total", "Deliveries that ended, by outcome: delivered or dead.", "outcome"),
		disables:   counter("bridgelog_notifier_webhooks_disabled_total", "Webhooks that were disabled by themselves, by reason.", "reason"),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bridgelog_notifier_attempt_seconds", Help: "How long an attempt took.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 12),
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bridgelog_notifier_oldest_pending_seconds", Help: "Age of the oldest delivery that is still to be made.",
		}),
	}
	r.MustRegister(m.attempts, m.deliveries, m.disables, m.took, m.waiting)
	return m
}

func (m *Metrics) attempted(outcome string, took time.Duration) {
	if m != nil {
		m.attempts.WithLabelValues(outcome).Inc()
		m.took.Observe(took.Seconds())
	}
}

func (m *Metrics) ended(outcome string) {
	if m != nil {
		m.deliveries.WithLabelValues(outcome).Inc()
	}
}

func (m *Metrics) disabled(reason string) {
	if m != nil {
		m.disables.WithLabelValues(reason).Inc()
	}
}

func (m *Metrics) oldest(age time.Duration) {
	if m != nil {
		m.waiting.Set(age.Seconds())
	}
}
