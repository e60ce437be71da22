package rpc

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"
)

// metrics counts calls by method and code, never by id.
type metrics struct {
	seconds *prometheus.HistogramVec
}

// newMetrics registers the metrics; a nil registerer keeps them to itself.
func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "bridgelog_rpc_duration_seconds",
		Help:    "Time from the receipt of a call to its answer.",
		Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "code"})}
	if reg == nil {
		return m, nil
	}
	if err := reg.Register(m.seconds); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *metrics) observe(method string, code codes.Code, took time.Duration) {
	m.seconds.WithLabelValues(method, CodeName(code)).Observe(took.Seconds())
}
