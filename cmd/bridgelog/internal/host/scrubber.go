package host

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// scrubDelay leaves a start to those who wait for it.
const scrubDelay = 30 * time.Second

// errDamaged is what /readyz says when the scrubber has found something.
var errDamaged = errors.New("the log is damaged: run `bridgelog verify` to see where, and restore it from a replica or a backup")

// addScrubber verifies the whole log again and again in the background, and
// reports what it finds in the log of the process, in /metrics and in /readyz.
func (s *stack) addScrubber(log eventlog.Reader) {
	var damaged atomic.Bool
	scrubber := eventlog.NewScrubber(log, eventlog.ScrubOptions{
		Logger: s.logger, OnFinding: func(eventlog.Finding) { damaged.Store(true) },
	})
	s.checks.Register("scrubber", func(context.Context) error {
		if damaged.Load() {
			return errDamaged
		}
		return nil
	})
	counter := func(name, help string, value func(eventlog.ScrubStats) uint64) {
		s.kit.Metrics.MustRegister(prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "bridgelog_scrubber_" + name, Help: help},
			func() float64 { return float64(value(scrubber.Stats())) }))
	}
	counter("messages_total", "Messages of the log that were verified.", func(st eventlog.ScrubStats) uint64 { return st.Messages })
	counter("passes_total", "Passes over the whole log that were completed.", func(st eventlog.ScrubStats) uint64 { return st.Passes })
	counter("failed_passes_total", "Passes that were broken off.", func(st eventlog.ScrubStats) uint64 { return st.FailedPasses })
	counter("findings_total", "Damage that was found; the same damage counts in every pass.", func(st eventlog.ScrubStats) uint64 { return st.Findings })
	s.group.run("scrubber", func(ctx context.Context) error {
		delay := time.NewTimer(scrubDelay)
		defer delay.Stop()
		select {
		case <-delay.C:
			return scrubber.Run(ctx)
		case <-ctx.Done():
			return nil
		}
	})
}
