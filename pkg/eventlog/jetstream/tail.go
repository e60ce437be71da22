package jetstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// errReached ends a feed that has delivered its target.
var errReached = errors.New("target sequence reached")

// Read implements eventlog.Log.
func (l *Log) Read(ctx context.Context, after eventlog.Position, until uint64, fn func(eventlog.Message) error) error {
	if err := l.verify(ctx, after); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	if until <= after.Sequence {
		return nil
	}
	r := &reader{log: l, next: after.Sequence + 1, until: until, start: after, fn: fn}
	return r.run(ctx)
}

// Tail implements eventlog.Log.
func (l *Log) Tail(ctx context.Context, after eventlog.Position, fn func(eventlog.Message) error) error {
	if err := l.verify(ctx, after); err != nil {
		return fmt.Errorf("tail log: %w", err)
	}
	r := &reader{log: l, next: after.Sequence + 1, start: after, fn: fn}
	return r.run(ctx)
}

// reader delivers every message of the log in order, whatever happens to the
// connection or the server.
type reader struct {
	log   *Log
	next  uint64            // the sequence to deliver next
	until uint64            // the last one to deliver; 0 for ever
	start eventlog.Position // where it began
	last  eventlog.Message  // the last one delivered; Sequence 0 before the first
	fn    func(eventlog.Message) error
}

func (r *reader) run(ctx context.Context) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		before := r.next
		err := r.session(ctx)
		if errors.Is(err, errReached) {
			return nil
		}
		if final, failure := fatal(ctx, err); final {
			return failure
		}
		if errors.Is(err, errBehind) {
			continue
		}
		if r.next > before {
			pause = firstPause
		}
		r.log.opts.Logger.WarnContext(ctx, "log_tail_interrupted", "sequence", r.next-1, "error", err)
		if err := wait(ctx, pause); err != nil {
			return fmt.Errorf("tail log: %w", err)
		}
		if r.log.nc.IsClosed() {
			return fmt.Errorf("tail log: %w", eventlog.ErrUnavailable)
		}
	}
}

// session verifies the last position and reads until something breaks.
func (r *reader) session(ctx context.Context) error {
	if err := r.verify(ctx); err != nil {
		return err
	}
	if r.until == 0 {
		return r.log.follow(ctx, eventlog.FilterAll, r.next, r.deliver)
	}
	return r.log.feed(ctx, eventlog.FilterAll, r.next, func(ctx context.Context, m eventlog.Message, pending uint64) error {
		if m.Sequence > 0 {
			if err := r.deliver(ctx, m); err != nil {
				return err
			}
		}
		if pending == 0 {
			// Nothing comes any more: what is left before the target was erased.
			return r.fill(ctx, r.until+1)
		}
		return nil
	})
}

func (r *reader) verify(ctx context.Context) error {
	position := r.start
	if r.last.Sequence > 0 {
		p, err := r.last.Position()
		if err != nil {
			return callerError{err}
		}
		position = p
	}
	return r.log.verify(ctx, position)
}

// deliver hands on the next message, after what stands for the ones before it that are
// missing.
func (r *reader) deliver(ctx context.Context, m eventlog.Message) error {
	if err := r.fill(ctx, m.Sequence); err != nil {
		return err
	}
	if m.Sequence != r.next {
		return nil
	}
	return r.hand(m)
}

// fill delivers the replacements of the messages before a sequence.
func (r *reader) fill(ctx context.Context, before uint64) error {
	for r.next < before {
		m, err := r.log.At(ctx, r.next)
		if err != nil {
			return err
		}
		if err := r.hand(m); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) hand(m eventlog.Message) error {
	if err := r.fn(m); err != nil {
		return callerError{err}
	}
	r.last = m
	r.next = m.Sequence + 1
	if r.next > r.until && r.until > 0 {
		return errReached
	}
	return nil
}

// verify checks that a position belongs to this log.
func (l *Log) verify(ctx context.Context, p eventlog.Position) error {
	if p == (eventlog.Position{}) {
		return nil
	}
	info, err := l.Info(ctx)
	if err != nil {
		return err
	}
	head := eventlog.Position{Epoch: info.Epoch, Sequence: info.LastSequence}
	return eventlog.VerifyPosition(p, head, func(sequence uint64) (eventlog.Message, error) {
		return l.At(ctx, sequence)
	})
}

// callerError carries an error of the caller's function through the retries.
type callerError struct{ error }

// fatal tells which errors end a tail, and what to return for them.
func fatal(ctx context.Context, err error) (bool, error) {
	if caller, ok := errors.AsType[callerError](err); ok {
		return true, caller.error
	}
	if ctx.Err() != nil {
		return true, fmt.Errorf("tail log: %w", ctx.Err())
	}
	if _, ok := errors.AsType[*eventlog.PositionError](err); ok {
		return true, fmt.Errorf("tail log: %w", err)
	}
	if _, ok := errors.AsType[*eventlog.HoleError](err); ok {
		return true, fmt.Errorf("tail log: %w", err)
	}
	if errors.Is(err, eventlog.ErrNotFound) || errors.Is(err, eventlog.ErrNoReplacement) {
		return true, fmt.Errorf("tail log: %w", err)
	}
	return false, nil
}
