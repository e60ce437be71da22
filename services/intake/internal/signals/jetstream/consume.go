package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// fetchWait is how long one fetch waits for a signal; retryWait how long a fetch
// that was refused, for example while the server is gone, is put off.
const (
	fetchWait = 5 * time.Second
	retryWait = 200 * time.Millisecond
)

// Consume implements signals.Store.
func (s *Store) Consume(ctx context.Context, fn signals.Handler) error {
	for {
		msg, err := s.next(ctx)
		if err != nil {
			return err
		}
		if msg == nil {
			continue
		}
		if err := s.handle(ctx, msg, fn); err != nil {
			return err
		}
	}
}

// next returns the next signal, or nil when there is none for now.
func (s *Store) next(ctx context.Context) (jetstream.Msg, error) {
	fetch, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	msg, err := s.consumer.Next(jetstream.FetchContext(fetch))
	switch {
	case err == nil:
		return msg, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, nats.ErrTimeout), errors.Is(err, context.DeadlineExceeded), errors.Is(err, jetstream.ErrNoMessages):
		return nil, nil
	}
	// The connection repairs itself; until then there is nothing to hand over.
	wait := time.NewTimer(retryWait)
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// handle hands one signal over. While the handler works, the server is told so,
// so that no other process takes the signal.
func (s *Store) handle(ctx context.Context, msg jetstream.Msg, fn signals.Handler) error {
	var signal signalv1.RawSignal
	if err := proto.Unmarshal(msg.Data(), &signal); err != nil {
		return fmt.Errorf("read signal on %s: %w", msg.Subject(), err)
	}
	if err := s.whileWorking(ctx, msg, func() error { return fn(ctx, &signal) }); err != nil {
		// Give it back at once; when that is lost, the wait for the answer does it.
		_ = msg.Nak()
		return err
	}
	// An acknowledgment that is lost means that the signal comes again, which the
	// handler bears.
	if err := msg.DoubleAck(ctx); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

func (s *Store) whileWorking(ctx context.Context, msg jetstream.Msg, work func() error) error {
	stop := make(chan struct{})
	var beat sync.WaitGroup
	beat.Go(func() {
		every := time.NewTicker(s.ackWait / 3)
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
