package relay

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what the relay counts. A nil *Metrics counts nothing.
type Metrics struct {
	puts      *prometheus.CounterVec
	failures  *prometheus.CounterVec
	documents prometheus.Gauge
	asOf      prometheus.Gauge
}

// NewMetrics registers the relay's metrics.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		puts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_statuspage_published_total", Help: "Public documents that were stored because they changed, by kind.",
		}, []string{"kind"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_statuspage_publish_failures_total", Help: "Publications that failed, by reason.",
		}, []string{"reason"}),
		documents: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bridgelog_statuspage_documents", Help: "Public documents in the stream.",
		}),
		asOf: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bridgelog_statuspage_relay_as_of_seconds", Help: "When the relay last knew that it had published everything, seconds since 1970.",
		}),
	}
	for _, c := range []prometheus.Collector{m.puts, m.failures, m.documents, m.asOf} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics of the relay: %w", err)
		}
	}
	return m, nil
}

func (m *Metrics) put(kind string) {
	if m != nil {
		m.puts.WithLabelValues(kind).Inc()
	}
}

func (m *Metrics) failed(reason string) {
	if m != nil {
		m.failures.WithLabelValues(reason).Inc()
	}
}

func (m *Metrics) marked(documents int, asOf time.Time) {
	if m != nil {
		m.documents.Set(float64(documents))
		m.asOf.Set(float64(asOf.UnixMilli()) / 1000)
	}
}
