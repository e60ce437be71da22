package relay

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what the relay counts. A nil *Metrics counts nothing.
type Metrics struct {
	puts     *prometheus.CounterVec
	failures *prometheus.CounterVec
	bytes    *prometheus.GaugeVec
	hidden   *prometheus.GaugeVec
}

// NewMetrics registers the relay's metrics.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		puts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_statuspage_published_total", Help: "Times that a page was published or found unchanged.",
		}, []string{"page"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bridgelog_statuspage_publish_failures_total", Help: "Publications that failed, by reason.",
		}, []string{"reason"}),
		bytes: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "bridgelog_statuspage_document_bytes", Help: "Size of the last document of a page.",
		}, []string{"page"}),
		hidden: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "bridgelog_statuspage_hidden_incidents", Help: "Open incidents that a page has no room for.",
		}, []string{"page"}),
	}
	for _, c := range []prometheus.Collector{m.puts, m.failures, m.bytes, m.hidden} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics of the relay: %w", err)
		}
	}
	return m, nil
}

func (m *Metrics) put(page string, bytes, hidden int) {
	if m == nil {
		return
	}
	m.puts.WithLabelValues(page).Inc()
	m.bytes.WithLabelValues(page).Set(float64(bytes))
	m.hidden.WithLabelValues(page).Set(float64(hidden))
}

func (m *Metrics) failed(reason string) {
	if m != nil {
		m.failures.WithLabelValues(reason).Inc()
	}
}
