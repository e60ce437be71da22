package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// The instants around handling at which tests end the process.
var (
	pointTaken   = failpoint.New("intake.taken")
	pointHandled = failpoint.New("intake.handled")
)

const (
	// fetchWait is how long one fetch waits for a signal. The server ends it a second
	// earlier, so that nothing is delivered to nobody. A server that does not say
	// every heartbeat that it is there has forgotten the fetch.
	fetchWait = 10 * time.Second
	heartbeat = time.Second
	// retryWait is how long a fetch that was refused, for example while the server
	// is gone, is put off.
	retryWait = 200 * time.Millisecond
	// beatsPerWait is how often, in the time after which another process may take
	// over, a process says that it works.
	beatsPerWait = 6
	// ackTimeout bounds how long the server may take to note that signals are
	// handled.
	ackTimeout = 5 * time.Second
)

// Consume implements signals.Store. The consumer delivers one message and no other
// until that one is acknowledged, to whatever process: who has it may work. It
// then reads on by itself, works on all of what it read, and moves the consumer
// behind it.
func (s *Store) Consume(ctx context.Context, fn signals.Handler) error {
	var behind mark
	for {
		msg, at, err := s.next(ctx)
		if err != nil {
			return err
		}
		switch {
		case msg == nil:
		case behind.covers(at):
			_ = msg.Ack() // one that is lost means that it comes again
		default:
			if behind, err = s.handle(ctx, msg, at, fn); err != nil {
				return err
			}
		}
	}
}

// mark is how far signals are handled by this process.
type mark struct {
	sequence uint64
	stored   time.Time
}

// covers tells whether a message is handled already, though the consumer could not
// be moved behind it. The time tells apart a stream that was made anew.
func (m mark) covers(at *jetstream.MsgMetadata) bool {
	return at.Sequence.Stream <= m.sequence && !at.Timestamp.After(m.stored)
}

// next returns the next message, or nil when there is none for now.
func (s *Store) next(ctx context.Context) (jetstream.Msg, *jetstream.MsgMetadata, error) {
	fetch, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	msg, err := s.consumer.Next(jetstream.FetchContext(fetch), jetstream.FetchHeartbeat(heartbeat))
	if err == nil {
		at, err := msg.Metadata()
		if err != nil {
			return nil, nil, fmt.Errorf("read signal on %s: %w", msg.Subject(), err)
		}
		return msg, at, nil
	}
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoMessages) {
		return nil, nil, nil
	}
	// The connection repairs itself; until then there is nothing to hand over.
	if wait.For(ctx, retryWait) != nil {
		return nil, nil, ctx.Err()
	}
	return nil, nil, nil
}

// handle hands over a message and what follows it. While the handler works, the
// server is told so, so that no other process takes the message.
func (s *Store) handle(ctx context.Context, msg jetstream.Msg, at *jetstream.MsgMetadata, fn signals.Handler) (mark, error) {
	if err := pointTaken.Hit(ctx); err != nil {
		return mark{}, err
	}
	var behind mark
	err := s.whileWorking(ctx, msg, func() error {
		b := s.ahead(ctx, msg, at)
		behind = b.mark
		if err := fn(ctx, b.signals); err != nil {
			return err
		}
		return pointHandled.Hit(ctx)
	})
	if err != nil {
		// Give it back at once; when that is lost, the wait for the answer does it.
		_ = msg.Nak()
		return mark{}, err
	}
	return behind, s.done(ctx, msg, at, behind)
}

// done notes that everything up to a mark is handled. When that is lost, signals
// come again, which the handler bears. It is noted also when the process stops.
func (s *Store) done(ctx context.Context, msg jetstream.Msg, at *jetstream.MsgMetadata, behind mark) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackTimeout)
	defer cancel()
	if behind.sequence > at.Sequence.Stream {
		_, err := s.js.ResetConsumerToSequence(limited, eventlogjs.StreamSignals, consumerName, behind.sequence+1)
		if err == nil {
			return ctx.Err()
		}
	}
	_ = msg.DoubleAck(limited)
	return ctx.Err()
}

func (s *Store) whileWorking(ctx context.Context, msg jetstream.Msg, work func() error) error {
	stop := make(chan struct{})
	var beat sync.WaitGroup
	beat.Go(func() {
		every := time.NewTicker(s.ackWait / beatsPerWait)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				_ = msg.InProgress()
			case <-stop:
				return
			case <-ctx.Done():
				return
			}
		}
	})
	defer beat.Wait()
	defer close(stop)
	return work()
}
