package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/bridgelog/bridgelog/pkg/wait"
)

// FindingKind says what a scrubber found.
type FindingKind string

// The kinds of a [Finding].
const (
	// FindingHole: messages are missing and no redaction explains it.
	FindingHole FindingKind = "hole"
	// FindingChain: a message does not continue its subject's chain, or its
	// content is not what its envelope commits to.
	FindingChain FindingKind = "chain"
	// FindingRedaction: a stored message is marked as redacted, but no redaction
	// replaced it.
	FindingRedaction FindingKind = "redaction"
	// FindingHistory: the log is not a continuation of what the pass before saw.
	FindingHistory FindingKind = "history"
)

// Finding is damage to the log.
type Finding struct {
	// Kind is what is wrong.
	Kind FindingKind
	// Sequence is where, Subject whose message it is if that is known.
	Sequence uint64
	Subject  string
	// Err is the rule that is broken, for a person to read.
	Err error
}

// ScrubOptions configure a [Scrubber].
type ScrubOptions struct {
	// Interval is the time from the end of a pass to the next; default 6 h.
	Interval time.Duration
	// BytesPerSecond bounds how fast a pass reads; default 4 MiB, negative for
	// no bound.
	BytesPerSecond int
	// OnFinding is called for each finding of a pass; may be nil.
	OnFinding func(Finding)
	// Memory keeps how far the scrubber is across restarts; nil: a restart begins
	// again.
	Memory ScrubMemory
	// Logger gets findings and the result of each pass; nil discards.
	Logger *slog.Logger
}

// ScrubStats counts since the start of the process.
type ScrubStats struct {
	// Passes and FailedPasses count completed and broken-off passes.
	Passes, FailedPasses uint64
	// Messages counts verified messages.
	Messages uint64
	// Findings counts what was found; damage counts again in every pass.
	Findings uint64
	// LastPass is when the last completed pass ended, before or after the start of
	// the process; zero before the first.
	LastPass time.Time
	// Verified is the sequence up to which the pass under way has come; 0 between
	// passes.
	Verified uint64
	// Damage is what is known to be wrong: the findings of the pass under way, or
	// those of the last completed one when there were more.
	Damage uint64
}

// Scrubber reads the whole log again and again, and proves that it is
// contiguous and that the chain of every subject holds. It finds what the store
// does not report: a flipped bit makes a message vanish without a word.
type Scrubber struct {
	log    Reader
	opts   ScrubOptions
	record ScrubRecord // owned by the pass
	// recalled: the record is of an earlier process, and perhaps of another log.
	recalled bool

	passes, failed, messages, findings, verified, damage atomic.Uint64
	lastPass                                             atomic.Int64
}

// NewScrubber returns a scrubber that does nothing until Run or Pass.
func NewScrubber(log Reader, opts ScrubOptions) *Scrubber {
	if opts.Interval == 0 {
		opts.Interval = 6 * time.Hour
	}
	if opts.BytesPerSecond == 0 {
		opts.BytesPerSecond = 4 << 20
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Scrubber{log: log, opts: opts}
}

// Stats may be called at any time.
func (s *Scrubber) Stats() ScrubStats {
	stats := ScrubStats{
		Passes: s.passes.Load(), FailedPasses: s.failed.Load(),
		Messages: s.messages.Load(), Findings: s.findings.Load(), Verified: s.verified.Load(), Damage: s.damage.Load(),
	}
	if at := s.lastPass.Load(); at > 0 {
		stats.LastPass = time.Unix(at, 0).UTC()
	}
	return stats
}

// Run makes passes until ctx ends, and returns its error. A pass that fails
// because the log cannot be reached is tried again after the interval; one that a
// restart broke off goes on where it was.
func (s *Scrubber) Run(ctx context.Context) error {
	s.recall(ctx)
	for due := s.due(ctx); ; due = s.opts.Interval {
		if err := wait.For(ctx, due); err != nil {
			return fmt.Errorf("scrub log: %w", err)
		}
		started := time.Now()
		if err := s.Pass(ctx); err != nil {
			s.failed.Add(1)
			s.opts.Logger.WarnContext(ctx, "log_scrub_interrupted", "error", err)
		} else {
			s.opts.Logger.InfoContext(ctx, "log_scrubbed", "duration_seconds", time.Since(started).Seconds(), "findings_total", s.findings.Load())
		}
	}
}

// due is how long the first pass of a process has to wait. One that was broken off
// goes on at once; so does one over a log that is not what the last pass saw.
func (s *Scrubber) due(ctx context.Context) time.Duration {
	if s.record.LastPass.IsZero() || s.record.At != (Position{}) {
		return 0
	}
	if info, err := s.log.Info(ctx); err == nil && s.belongs(ctx, s.record.Seen, info) != nil {
		return 0
	}
	return min(time.Until(s.record.LastPass.Add(s.opts.Interval)), s.opts.Interval)
}

// Pass verifies the log once, from the beginning, or from where a pass before was
// broken off, to the end that it has now. Damage is reported to OnFinding and does
// not end the pass; the error says why it could not be completed. Passes must not
// run at the same time.
func (s *Scrubber) Pass(ctx context.Context) error {
	info, err := s.log.Info(ctx)
	if err != nil {
		return fmt.Errorf("scrub log: %w", err)
	}
	p := s.begin(ctx, info)
	if err := s.continuity(ctx, info); err != nil {
		return fmt.Errorf("scrub log: %w", err)
	}
	if err := p.through(ctx, info.LastSequence); err != nil {
		s.keep(ctx) // so that the next one goes on from here
		return fmt.Errorf("scrub log: %w", err)
	}
	s.passes.Add(1)
	s.record = ScrubRecord{Seen: p.at, LastPass: time.Now().UTC().Truncate(time.Second), Damage: s.record.Found}
	s.publish()
	s.keep(ctx)
	return nil
}

// through reads until the sequence, which is the end of the log.
func (p *pass) through(ctx context.Context, until uint64) error {
	for p.at.Sequence < until {
		err := p.scrubber.log.Read(ctx, p.at, until, func(m Message) error { return p.message(ctx, m) })
		if hole, ok := errors.AsType[*HoleError](err); ok {
			p.scrubber.report(ctx, Finding{Kind: FindingHole, Sequence: hole.First, Err: hole})
			err = p.skip(ctx, hole.Last+1, until)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// continuity checks that the end of the last pass is still there.
func (s *Scrubber) continuity(ctx context.Context, info Info) error {
	err := s.belongs(ctx, s.record.Seen, info)
	if wrong, ok := errors.AsType[*PositionError](err); ok {
		s.report(ctx, Finding{Kind: FindingHistory, Sequence: s.record.Seen.Sequence, Err: wrong})
		return nil
	}
	if _, ok := errors.AsType[*HoleError](err); ok {
		return nil // the pass will find it
	}
	return err
}

// belongs tells whether the log holds a position.
func (s *Scrubber) belongs(ctx context.Context, p Position, info Info) error {
	end := Position{Epoch: info.Epoch, Sequence: info.LastSequence}
	return VerifyPosition(p, end, func(sequence uint64) (Message, error) { return s.log.At(ctx, sequence) })
}

func (s *Scrubber) report(ctx context.Context, f Finding) {
	s.findings.Add(1)
	s.record.Found++
	s.publish()
	s.opts.Logger.ErrorContext(ctx, "log_damaged", "kind", string(f.Kind), "sequence", f.Sequence, "subject", f.Subject, "error", f.Err)
	if s.opts.OnFinding != nil {
		s.opts.OnFinding(f)
	}
}
