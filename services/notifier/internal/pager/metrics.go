package pager

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/services/notifier/internal/mail"
)

// Metrics counts attempts to tell people of pages. The nil Metrics counts nothing.
type Metrics struct{ attempts *prometheus.CounterVec }

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bridgelog_notifier_page_attempts_total", Help: "Attempts to tell a person of a page, by outcome: accepted, or what went wrong.",
	}, []string{"outcome"})}
	r.MustRegister(m.attempts)
	return m
}

func (m *Metrics) attempted(r mail.Result) {
	switch {
	case m == nil:
	case r.Accepted:
		m.attempts.WithLabelValues("accepted").Inc()
	default:
		m.attempts.WithLabelValues(r.Reason).Inc()
	}
}
