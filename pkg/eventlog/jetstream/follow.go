package jetstream

import (
	"context"
	"errors"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// errCaughtUp ends a consumer of one's own: the rest comes from the hub.
var errCaughtUp = errors.New("caught up")

// follower follows what matches a filter for one caller.
type follower struct {
	log     *Log
	filter  string
	next    uint64 // the first sequence that is still wanted
	deliver func(ctx context.Context, m eventlog.Message) error
}

// follow delivers the messages that match a filter from a sequence on, in order, with
// nothing lost in between, and those to come, until ctx ends, deliver fails or the
// connection or the consumer breaks. Some may come again after what was delivered; those
// are passed over. It ends with errBehind when the caller did not keep up: the position of
// whoever is behind has to be verified before it reads on.
func (l *Log) follow(ctx context.Context, filter string, from uint64, deliver func(context.Context, eventlog.Message) error) error {
	f := &follower{log: l, filter: filter, next: from, deliver: deliver}
	for {
		joined, err := l.join(ctx, filter)
		if err != nil {
			return err
		}
		if joined == nil {
			// Alone until there is something to join.
			err = f.alone(ctx, func(eventlog.Message) bool { return l.hub.running() })
		} else {
			err = f.shared(ctx, joined)
		}
		if !errors.Is(err, errCaughtUp) && !errors.Is(err, errOver) {
			return err
		}
	}
}

// alone reads by a consumer of its own until enough says so of a message that was
// delivered, which errCaughtUp tells.
func (f *follower) alone(ctx context.Context, enough func(eventlog.Message) bool) error {
	return f.log.feed(ctx, f.filter, f.next, func(ctx context.Context, m eventlog.Message, pending uint64) error {
		if m.Sequence == 0 {
			return nil
		}
		if err := f.hand(ctx, m); err != nil {
			return err
		}
		if enough(m) {
			return errCaughtUp
		}
		return nil
	})
}

// shared reads what was stored before it joined by a consumer of its own, and goes on
// with what the hub has for it.
func (f *follower) shared(ctx context.Context, joined *listener) error {
	defer f.log.hub.leave(joined)
	last, err := f.log.LastSequence(ctx, f.filter)
	if err != nil {
		return err
	}
	if last >= f.next {
		err := f.alone(ctx, func(m eventlog.Message) bool { return m.Sequence >= last })
		if !errors.Is(err, errCaughtUp) {
			return err
		}
	}
	for {
		m, err := joined.next(ctx)
		if err != nil {
			return err
		}
		if err := f.hand(ctx, m); err != nil {
			return err
		}
	}
}

func (f *follower) hand(ctx context.Context, m eventlog.Message) error {
	if m.Sequence < f.next {
		return nil
	}
	if err := f.deliver(ctx, m); err != nil {
		return err
	}
	f.next = m.Sequence + 1
	return nil
}
