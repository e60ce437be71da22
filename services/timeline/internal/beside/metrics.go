package beside

import "github.com/prometheus/client_golang/prometheus"

// metrics of the view.
type metrics struct {
	sequence prometheus.Gauge
	skipped  prometheus.Counter
}

// newMetrics registers the metrics, or makes some that nobody sees.
func newMetrics(kind string, to prometheus.Registerer) *metrics {
	m := &metrics{
		sequence: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bridgelog_timeline_" + kind + "_sequence", Help: "Sequence of the last message that the view of " + kind + " holds.",
		}),
		skipped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bridgelog_timeline_" + kind + "_skipped_total", Help: "Messages that cannot be read and are not in the view of " + kind + ".",
		}),
	}
	if to != nil {
		to.MustRegister(m.sequence, m.skipped)
	}
	return m
}
