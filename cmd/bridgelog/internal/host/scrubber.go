package host

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// scrubDelay leaves a start to those who wait for it.
const scrubDelay = 30 * time.Second

// errDamaged is what /readyz says when the scrubber has found something.
var errDamaged = errors.New("the log is damaged: run `bridgelog verify` to see where, and restore it from a replica or a backup")

// addScrubber verifies the whole log again and again in the background, and
// reports what it finds in the log of the process, in /metrics and in /readyz. A
// restart goes on where the process before was.
func (s *stack) addScrubber(log eventlog.Reader) {
	scrubber := eventlog.NewScrubber(log, eventlog.ScrubOptions{
		Logger: s.logger, Memory: scrubFile{filepath.Join(s.settings.DataDir, "scrub.json")},
	})
	s.checks.Register("scrubber", func(context.Context) error {
		if scrubber.Stats().Damage > 0 {
			return errDamaged
		}
		return nil
	})
	s.measureScrubber(scrubber)
	s.group.run("scrubber", func(ctx context.Context) error {
		if wait.For(ctx, scrubDelay) != nil {
			return nil
		}
		return scrubber.Run(ctx)
	})
}

// measureScrubber shows the scrubber in /metrics.
func (s *stack) measureScrubber(scrubber *eventlog.Scrubber) {
	counter := func(name, help string, value func(eventlog.ScrubStats) uint64) {
		s.kit.Metrics.MustRegister(prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "bridgelog_scrubber_" + name, Help: help},
			func() float64 { return float64(value(scrubber.Stats())) }))
	}
	counter("messages_total", "Messages of the log that were verified.", func(st eventlog.ScrubStats) uint64 { return st.Messages })
	counter("passes_total", "Passes over the whole log that were completed.", func(st eventlog.ScrubStats) uint64 { return st.Passes })
	counter("failed_passes_total", "Passes that were broken off.", func(st eventlog.ScrubStats) uint64 { return st.FailedPasses })
	counter("findings_total", "Damage that was found; the same damage counts in every pass.", func(st eventlog.ScrubStats) uint64 { return st.Findings })
	gauge := func(name, help string, value func(eventlog.ScrubStats) float64) {
		s.kit.Metrics.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: "bridgelog_scrubber_" + name, Help: help},
			func() float64 { return value(scrubber.Stats()) }))
	}
	gauge("damage", "What is known to be wrong with the log: findings of the pass under way or of the last completed one.",
		func(st eventlog.ScrubStats) float64 { return float64(st.Damage) })
	gauge("verified_sequence", "How far the pass under way has come in the log; 0 between passes.",
		func(st eventlog.ScrubStats) float64 { return float64(st.Verified) })
	gauge("last_pass_timestamp_seconds", "When the last pass over the whole log was completed, restarts included; 0 before the first.",
		func(st eventlog.ScrubStats) float64 {
			if st.LastPass.IsZero() {
				return 0
			}
			return float64(st.LastPass.Unix())
		})
}
