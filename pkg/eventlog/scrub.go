package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
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
	// BytesPerSecond bounds how fast a pass reads; default 16 MiB, negative for
	// no bound.
	BytesPerSecond int
	// OnFinding is called for each finding of a pass; may be nil.
	OnFinding func(Finding)
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
	// LastPass is when the last completed pass ended; zero before the first.
	LastPass time.Time
}

// Scrubber reads the whole log again and again, and proves that it is
// contiguous and that the chain of every subject holds. It finds what the store
// does not report: a flipped bit makes a message vanish without a word.
type Scrubber struct {
	log  Reader
	opts ScrubOptions
	seen Position // the end of the last pass; owned by the pass

	passes, failed, messages, findings atomic.Uint64
	lastPass                           atomic.Int64
}

// NewScrubber returns a scrubber that does nothing until Run or Pass.
func NewScrubber(log Reader, opts ScrubOptions) *Scrubber {
	if opts.Interval == 0 {
		opts.Interval = 6 * time.Hour
	}
	if opts.BytesPerSecond == 0 {
		opts.BytesPerSecond = 16 << 20
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
		Messages: s.messages.Load(), Findings: s.findings.Load(),
	}
	if at := s.lastPass.Load(); at > 0 {
		stats.LastPass = time.Unix(at, 0).UTC()
	}
	return stats
}

// Run makes passes until ctx ends, and returns its error. A pass that fails
// because the log cannot be reached is tried again after the interval.
func (s *Scrubber) Run(ctx context.Context) error {
	for {
		started := time.Now()
		if err := s.Pass(ctx); err != nil {
			s.failed.Add(1)
			s.opts.Logger.WarnContext(ctx, "log_scrub_interrupted", "error", err)
		} else {
			s.opts.Logger.InfoContext(ctx, "log_scrubbed", "duration_seconds", time.Since(started).Seconds(), "findings_total", s.findings.Load())
		}
		timer := time.NewTimer(s.opts.Interval)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("scrub log: %w", ctx.Err())
		case <-timer.C:
		}
	}
}

// Pass verifies the log once, from the beginning to the end that it has now.
// Damage is reported to OnFinding and does not end the pass; the error says why
// it could not be completed. Passes must not run at the same time.
func (s *Scrubber) Pass(ctx context.Context) error {
	if err := s.continuity(ctx); err != nil {
		return fmt.Errorf("scrub log: %w", err)
	}
	info, err := s.log.Info(ctx)
	if err != nil {
		return fmt.Errorf("scrub log: %w", err)
	}
	p := pass{scrubber: s, heads: make(map[string]chain.Head), started: time.Now()}
	for p.at.Sequence < info.LastSequence {
		err := s.log.Read(ctx, p.at, info.LastSequence, func(m Message) error { return p.message(ctx, m) })
		if hole, ok := errors.AsType[*HoleError](err); ok {
			s.report(ctx, Finding{Kind: FindingHole, Sequence: hole.First, Err: hole})
			if err := p.skip(ctx, hole.Last+1, info.LastSequence); err != nil {
				return fmt.Errorf("scrub log: %w", err)
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("scrub log: %w", err)
		}
	}
	s.seen = p.at
	s.passes.Add(1)
	s.lastPass.Store(time.Now().Unix())
	return nil
}

// continuity checks that the end of the last pass is still there.
func (s *Scrubber) continuity(ctx context.Context) error {
	head, err := s.log.Info(ctx)
	if err != nil {
		return err
	}
	end := Position{Epoch: head.Epoch, Sequence: head.LastSequence}
	err = VerifyPosition(s.seen, end, func(sequence uint64) (Message, error) { return s.log.At(ctx, sequence) })
	if wrong, ok := errors.AsType[*PositionError](err); ok {
		s.report(ctx, Finding{Kind: FindingHistory, Sequence: s.seen.Sequence, Err: wrong})
		return nil
	}
	if _, ok := errors.AsType[*HoleError](err); ok {
		return nil // the pass will find it
	}
	return err
}

func (s *Scrubber) report(ctx context.Context, f Finding) {
	s.findings.Add(1)
	s.opts.Logger.ErrorContext(ctx, "log_damaged", "kind", string(f.Kind), "sequence", f.Sequence, "subject", f.Subject, "error", f.Err)
	if s.opts.OnFinding != nil {
		s.opts.OnFinding(f)
	}
}

// pass is the state of one pass.
type pass struct {
	scrubber *Scrubber
	heads    map[string]chain.Head
	at       Position
	started  time.Time
	bytes    int
}

func (p *pass) message(ctx context.Context, m Message) error {
	s := p.scrubber
	verifier := chain.ResumeVerifier(m.Subject, p.heads[m.Subject])
	if err := verifier.Commit(m.Data); err != nil {
		s.report(ctx, Finding{Kind: FindingChain, Sequence: m.Sequence, Subject: m.Subject, Err: err})
	} else if len(verifier.Redacted()) > 0 && !m.Replaced {
		s.report(ctx, Finding{Kind: FindingRedaction, Sequence: m.Sequence, Subject: m.Subject, Err: ErrNoReplacement})
	}
	if head, err := chain.HeadOf(m.Data); err == nil {
		// After damage the chain is followed from what is there.
		p.heads[m.Subject] = head
	}
	p.at = Position{Epoch: m.Epoch, Sequence: m.Sequence, Hash: p.heads[m.Subject].Hash}
	s.messages.Add(1)
	p.bytes += len(m.Data)
	return p.pace(ctx)
}

// pace waits while the pass is ahead of its allowance, in steps that a timer can
// measure.
func (p *pass) pace(ctx context.Context) error {
	rate := p.scrubber.opts.BytesPerSecond
	if rate < 0 {
		return ctx.Err()
	}
	ahead := time.Duration(float64(p.bytes)/float64(rate)*float64(time.Second)) - time.Since(p.started)
	if ahead < 20*time.Millisecond {
		return ctx.Err()
	}
	timer := time.NewTimer(ahead)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// skip goes on behind a hole, at the next message that is there.
func (p *pass) skip(ctx context.Context, from, until uint64) error {
	for sequence := from; sequence <= until; sequence++ {
		m, err := p.scrubber.log.At(ctx, sequence)
		if hole, ok := errors.AsType[*HoleError](err); ok {
			p.scrubber.report(ctx, Finding{Kind: FindingHole, Sequence: sequence, Err: hole})
			continue
		}
		if err != nil {
			return err
		}
		return p.message(ctx, m)
	}
	p.at.Sequence = until
	return nil
}
