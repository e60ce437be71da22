package intake

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// backlogBeat is how often the backlog is looked at.
const backlogBeat = time.Second

// gauge shows the backlog.
type gauge struct{ waiting prometheus.Gauge }

func newGauge(r prometheus.Registerer) *gauge {
	g := &gauge{waiting: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bridgelog_intake_waiting_signals", Help: "Signals that are stored and not handled yet.",
	})}
	r.MustRegister(g.waiting)
	return g
}

// backlog keeps an eye on what waits.
type backlog struct {
	store signals.Store
	gauge *gauge

	mu   sync.Mutex
	last signals.Backlog
	err  error
}

func (b *backlog) run(ctx context.Context) error {
	every := time.NewTicker(backlogBeat)
	defer every.Stop()
	for {
		b.look(ctx)
		select {
		case <-every.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (b *backlog) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	last, err := b.store.Backlog(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err = err; err == nil {
		b.last = last
		b.gauge.waiting.Set(float64(last.Signals))
	}
}

func (b *backlog) overloaded() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last.Share >= signals.FullShare
}

// check is the readiness of the store.
func (b *backlog) check(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}
