package eventlog

import (
	"context"
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// pass is the state of one pass.
type pass struct {
	scrubber *Scrubber
	heads    map[string]chain.Head
	at       Position
	resumed  bool // heads of before are not known
	started  time.Time
	kept     time.Time
	bytes    int
}

// begin starts a pass where the one before was broken off, or at the beginning
// when that place is not in the log any more: the pass will find out why.
func (s *Scrubber) begin(ctx context.Context, info Info) *pass {
	if s.recalled && s.record.epoch() != info.Epoch {
		s.record = ScrubRecord{} // of a log that this one was restored from
	}
	s.recalled = false
	now := time.Now()
	p := &pass{scrubber: s, heads: make(map[string]chain.Head), started: now, kept: now}
	if at := s.record.At; at.Sequence > 0 && s.belongs(ctx, at, info) == nil {
		p.at, p.resumed = at, true
	} else {
		s.record.At, s.record.Found = Position{}, 0
	}
	s.publish()
	return p
}

// head is where the chain of a subject ended before a message. A pass that was
// resumed reads it from the log when it has not seen the subject yet.
func (p *pass) head(ctx context.Context, m Message) (chain.Head, error) {
	if head, ok := p.heads[m.Subject]; ok || !p.resumed {
		return head, nil
	}
	history, err := p.scrubber.log.Load(ctx, m.Subject, 0)
	if _, damaged := errors.AsType[*HoleError](err); err != nil && !damaged {
		return chain.Head{}, err
	}
	var head chain.Head
	for _, earlier := range history {
		if earlier.Sequence >= m.Sequence {
			break
		}
		if h, err := chain.HeadOf(earlier.Data); err == nil {
			head = h
		}
	}
	return head, nil
}

func (p *pass) message(ctx context.Context, m Message) error {
	s := p.scrubber
	before, err := p.head(ctx, m)
	if err != nil {
		return err
	}
	verifier := chain.ResumeVerifier(m.Subject, before)
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
	s.verified.Store(m.Sequence)
	s.record.At = p.at
	p.bytes += len(m.Data)
	if time.Since(p.kept) > keepEvery {
		p.kept = time.Now()
		s.keep(ctx)
	}
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
	return wait.For(ctx, ahead)
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
