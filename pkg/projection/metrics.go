package projection

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// metrics are what operators watch. Seconds and messages, labelled with the
// projection's name.
type metrics struct {
	leading, lagEvents, lagSeconds, position prometheus.Gauge
	messages, failures, quarantined          prometheus.Counter
	batches                                  prometheus.Histogram
}

func newMetrics(to prometheus.Registerer, name string) (*metrics, error) {
	labels := prometheus.Labels{"projection": name}
	gauge := func(what, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "bridgelog_projection_" + what, Help: help, ConstLabels: labels})
	}
	counter := func(what, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "bridgelog_projection_" + what, Help: help, ConstLabels: labels})
	}
	m := &metrics{
		leading:     gauge("leading", "1 in the process that projects."),
		lagEvents:   gauge("lag_messages", "Messages in the log that the view does not hold yet."),
		lagSeconds:  gauge("lag_seconds", "Age of the oldest message that the view does not hold yet."),
		position:    gauge("position", "Sequence of the last message that this process applied."),
		messages:    counter("messages_total", "Messages applied by this process."),
		failures:    counter("failures_total", "Times the projection stopped and tried again."),
		quarantined: counter("quarantined_total", "Messages that could not be applied."),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bridgelog_projection_batch_seconds", Help: "Duration of one transaction.", ConstLabels: labels,
			Buckets: []float64{.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}),
	}
	if to == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{
		m.leading, m.lagEvents, m.lagSeconds, m.position, m.messages, m.failures, m.quarantined, m.batches,
	} {
		if err := to.Register(c); err != nil {
			return nil, fmt.Errorf("projection %s: register metrics: %w", name, err)
		}
	}
	return m, nil
}

func (m *metrics) applied(messages int, to eventlog.Position, took time.Duration) {
	m.messages.Add(float64(messages))
	m.position.Set(float64(to.Sequence))
	m.batches.Observe(took.Seconds())
}

func (m *metrics) lagging(s Status) {
	m.lagEvents.Set(float64(s.LagEvents))
	m.lagSeconds.Set(s.Lag.Seconds())
}
