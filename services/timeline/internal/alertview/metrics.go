package alertview

import "github.com/prometheus/client_golang/prometheus"

// metrics of the view.
type metrics struct {
	sequence prometheus.Gauge
	skipped  prometheus.Counter
}

// newMetrics registers the metrics, or makes some that nobody sees.
func newMetrics(to prometheus.Registerer) *metrics {
	m := &metrics{
		sequence: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bridgelog_timeline_alerts_sequence", Help: "Sequence of the last alert message that the view of alerts holds.",
		}),
		skipped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bridgelog_timeline_alerts_skipped_total", Help: "Alert messages that cannot be read and are not in the view.",
		}),
	}
	if to != nil {
		to.MustRegister(m.sequence, m.skipped)
	}
	return m
}
