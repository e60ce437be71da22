package door

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts requests. The nil Metrics counts nothing.
type Metrics struct{ requests *prometheus.CounterVec }

// NewMetrics registers the door's metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bridgelog_intake_signals_total",
		Help: "Signals at the doors, by source and outcome: accepted, repeated when it was taken before, unread when it was kept and could not be understood, or why not.",
	}, []string{"source", "outcome"})}
	r.MustRegister(m.requests)
	return m
}

func (m *Metrics) accepted(source string) {
	if m != nil {
		m.requests.WithLabelValues(source, "accepted").Inc()
	}
}

func (m *Metrics) repeated(source string) {
	if m != nil {
		m.requests.WithLabelValues(source, "repeated").Inc()
	}
}

func (m *Metrics) unread(source string) {
	if m != nil {
		m.requests.WithLabelValues(source, "unread").Inc()
	}
}

// refused does not name the source, which may be anything a caller wrote.
func (m *Metrics) refused(reason string) {
	if m != nil {
		m.requests.WithLabelValues("", reason).Inc()
	}
}
