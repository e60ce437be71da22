package eventlog

import (
	"context"
	"time"
)

// keepEvery is how often a pass under way writes down how far it is.
const keepEvery = 10 * time.Second

// ScrubRecord is what a scrubber has to remember to go on after a restart.
type ScrubRecord struct {
	// Seen is the end of the log when the last completed pass ended, LastPass when
	// that was, Damage how many findings it had.
	Seen     Position
	LastPass time.Time
	Damage   uint64
	// At is how far the pass under way has come, Found its findings so far; zero
	// between passes.
	At    Position
	Found uint64
}

// ScrubMemory keeps the record of one log.
type ScrubMemory interface {
	// Recall returns what was kept last; the zero record when there is none.
	Recall(ctx context.Context) (ScrubRecord, error)
	// Keep replaces what is kept.
	Keep(ctx context.Context, record ScrubRecord) error
}

// epoch is that of the log which the record is about.
func (r ScrubRecord) epoch() string {
	if r.At.Epoch != "" {
		return r.At.Epoch
	}
	return r.Seen.Epoch
}

// recall goes on with what an earlier process has kept. Without it the scrubber
// begins again, which costs time and nothing else.
func (s *Scrubber) recall(ctx context.Context) {
	if s.opts.Memory == nil {
		return
	}
	record, err := s.opts.Memory.Recall(ctx)
	if err != nil {
		s.opts.Logger.WarnContext(ctx, "log_scrub_begins_again", "error", err)
		return
	}
	s.record, s.recalled = record, true
	s.publish()
}

// keep writes the record down, also when ctx has ended: that is when it is needed.
func (s *Scrubber) keep(ctx context.Context) {
	if s.opts.Memory == nil {
		return
	}
	if err := s.opts.Memory.Keep(context.WithoutCancel(ctx), s.record); err != nil {
		s.opts.Logger.WarnContext(ctx, "log_scrub_not_kept", "error", err)
	}
}

// publish shows the record in the stats.
func (s *Scrubber) publish() {
	s.verified.Store(s.record.At.Sequence)
	s.damage.Store(max(s.record.Damage, s.record.Found))
	if !s.record.LastPass.IsZero() {
		s.lastPass.Store(s.record.LastPass.Unix())
	}
}
