package dispatch

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Metrics counts what becomes of signals. The nil Metrics counts nothing.
type Metrics struct {
	alerts  *prometheus.CounterVec
	changes *prometheus.CounterVec
	trouble *prometheus.CounterVec
	delay   prometheus.Histogram
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		alerts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_intake_alerts_total", Help: "Alerts in handled signals, by source and what became of them.",
		}, []string{"source", "outcome"}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_intake_changes_total", Help: "Reports of changes in handled signals, by source and whether they said anything new.",
		}, []string{"source", "outcome"}),
		trouble: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_intake_trouble_total", Help: "Attempts that failed: tried again, or given up.",
		}, []string{"outcome"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bridgelog_intake_delay_seconds", Help: "From the arrival of a signal until all of it is in the log.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 16),
		}),
	}
	r.MustRegister(m.alerts, m.changes, m.trouble, m.delay)
	return m
}

func (m *Metrics) alert(source, outcome string) {
	if m != nil {
		m.alerts.WithLabelValues(source, outcome).Inc()
	}
}

func (m *Metrics) change(source, outcome string) {
	if m != nil {
		m.changes.WithLabelValues(source, outcome).Inc()
	}
}

func (m *Metrics) handled(s *signalv1.RawSignal) {
	if m != nil {
		m.delay.Observe(time.Since(time.UnixMicro(s.GetReceivedAtUs())).Seconds())
	}
}

func (m *Metrics) retried() {
	if m != nil {
		m.trouble.WithLabelValues("retried").Inc()
	}
}

func (m *Metrics) failed() {
	if m != nil {
		m.trouble.WithLabelValues("given_up").Inc()
	}
}
