package jetstream

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

const (
	// feedMessages bounds what a consumer sends ahead: a few megabytes of usual
	// commits. 1,000 cost a third of the speed of a replay; a limit in bytes beside
	// it made the client drop messages.
	feedMessages = 4000
	// feedIdle is when the server forgets a consumer that nobody asks.
	feedIdle = 2 * time.Minute
)

// errFeedBroken: a consumer was lost, or lost a message on the way.
var errFeedBroken = errors.New("the feed was interrupted")

// deliverFunc gets the messages of a feed, and once, when the feed starts at the
// end of the log, a zero message. pending is how many are left on the server.
type deliverFunc func(ctx context.Context, m eventlog.Message, pending uint64) error

// feed delivers the messages that match a filter from a sequence on, in order,
// with nothing lost in between, until ctx ends, deliver fails or the connection
// or the consumer breaks.
func (l *Log) feed(ctx context.Context, filter string, from uint64, deliver deliverFunc) error {
	consumer, err := l.createConsumer(ctx, filter, from)
	if err != nil {
		return feedError(ctx, err)
	}
	return l.consume(ctx, consumer, deliver)
}

// createConsumer makes one that keeps no acknowledgments, so that a broken one is
// simply replaced by the next. It does not wait longer than for an append: while a
// cluster has no leader, such requests are never answered.
func (l *Log) createConsumer(ctx context.Context, filter string, from uint64) (jetstream.Consumer, error) {
	config := jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckNonePolicy, DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq: from, InactiveThreshold: feedIdle, MemoryStorage: true, Replicas: 1,
	}
	if filter != eventlog.FilterAll {
		config.FilterSubject = filter
	}
	ctx, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	return l.stream.CreateConsumer(ctx, config)
}

// consume delivers what a consumer has, and deletes it in the end.
func (l *Log) consume(ctx context.Context, consumer jetstream.Consumer, deliver deliverFunc) error {
	defer l.forget(consumer)
	if consumer.CachedInfo().NumPending == 0 {
		if err := deliver(ctx, eventlog.Message{}, 0); err != nil {
			return err
		}
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(feedMessages),
		jetstream.PullExpiry(10*l.opts.Heartbeat), jetstream.PullHeartbeat(l.opts.Heartbeat))
	if err != nil {
		return feedError(ctx, err)
	}
	defer messages.Stop()
	return l.pump(ctx, messages, deliver)
}

func (l *Log) pump(ctx context.Context, messages jetstream.MessagesContext, deliver deliverFunc) error {
	for expected := uint64(1); ; expected++ {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return feedError(ctx, err)
		}
		meta, err := msg.Metadata()
		if err != nil || meta.Sequence.Consumer != expected {
			return errFeedBroken
		}
		m := l.message(msg.Subject(), meta.Sequence.Stream, msg.Headers(), msg.Data())
		if err := deliver(ctx, m, meta.NumPending); err != nil {
			return err
		}
	}
}

func feedError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, jetstream.ErrConnectionClosed) {
		return eventlog.ErrUnavailable
	}
	return errFeedBroken
}

// forget deletes a consumer that is not needed any more; if that cannot be done
// now, the server does it after feedIdle.
func (l *Log) forget(consumer jetstream.Consumer) {
	if !l.nc.IsConnected() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	name := consumer.CachedInfo().Name
	if err := l.stream.DeleteConsumer(ctx, name); err != nil {
		l.opts.Logger.Debug("log_consumer_left", "consumer", name)
	}
}

// TailSubjects implements eventlog.Log.
func (l *Log) TailSubjects(ctx context.Context, filter string, after uint64, fn func(eventlog.Message) error) error {
	at := func(sequence uint64) (eventlog.Message, error) { return l.At(ctx, sequence) }
	follower := eventlog.NewFollower(after, at, func(m eventlog.Message) error {
		if err := fn(m); err != nil {
			return callerError{err}
		}
		return nil
	})
	next := after + 1
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := l.follow(ctx, filter, next, func(_ context.Context, m eventlog.Message) error {
			if err := follower.Deliver(m); err != nil {
				return err
			}
			next = m.Sequence + 1
			pause = firstPause
			return nil
		})
		if final, failure := fatal(ctx, err); final {
			return failure
		}
		if errors.Is(err, errBehind) {
			continue
		}
		l.opts.Logger.WarnContext(ctx, "log_tail_interrupted", "filter", filter, "sequence", next-1, "error", err)
		if final, failure := fatal(ctx, wait(ctx, pause)); final {
			return failure
		}
	}
}
