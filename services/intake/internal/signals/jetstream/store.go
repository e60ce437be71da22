package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// consumerName is the durable consumer that all processes share.
const consumerName = "intake"

// subjectPrefix begins the subject of every signal.
const subjectPrefix = "signal."

// DefaultAckWait is how long a process may be silent before another one takes
// its signal.
const DefaultAckWait = 30 * time.Second

// Options tune the store; the zero value has the defaults.
type Options struct {
	// AckWait replaces [DefaultAckWait].
	AckWait time.Duration
}

// Store is a signals.Store.
type Store struct {
	js       jetstream.JetStream
	ackWait  time.Duration
	stream   jetstream.Stream
	consumer jetstream.Consumer
}

var _ signals.Store = (*Store)(nil)

// Open returns the store. The stream must exist: the log's bootstrap makes it.
// The consumer is made if need be.
func Open(ctx context.Context, js jetstream.JetStream, opts Options) (*Store, error) {
	s := &Store{js: js, ackWait: opts.AckWait}
	if s.ackWait == 0 {
		s.ackWait = DefaultAckWait
	}
	var err error
	if s.stream, err = js.Stream(ctx, eventlogjs.StreamSignals); err != nil {
		return nil, fmt.Errorf("open stream %s: %w", eventlogjs.StreamSignals, err)
	}
	s.consumer, err = s.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: consumerName, AckPolicy: jetstream.AckExplicitPolicy, AckWait: s.ackWait, MaxAckPending: 1,
		DeliverPolicy: jetstream.DeliverAllPolicy,
	})
	if err != nil {
		return nil, fmt.Errorf("open consumer %s: %w", consumerName, err)
	}
	return s, nil
}

// Put implements signals.Store.
func (s *Store) Put(ctx context.Context, signal *signalv1.RawSignal) error {
	data, err := proto.Marshal(signal)
	if err != nil {
		return fmt.Errorf("put signal: %w", err)
	}
	msg := &nats.Msg{Subject: subjectPrefix + signal.GetSource(), Data: data}
	_, err = s.js.PublishMsg(ctx, msg)
	if errors.Is(err, nats.ErrMaxPayload) {
		return fmt.Errorf("put signal: %w", signals.ErrTooLarge)
	}
	if err != nil {
		return fmt.Errorf("put signal: %w: %w", signals.ErrUnavailable, err)
	}
	return nil
}

// Backlog implements signals.Store.
func (s *Store) Backlog(ctx context.Context) (signals.Backlog, error) {
	consumer, err := s.consumer.Info(ctx)
	if err != nil {
		return signals.Backlog{}, fmt.Errorf("ask for the backlog: %w", err)
	}
	stream, err := s.stream.Info(ctx)
	if err != nil {
		return signals.Backlog{}, fmt.Errorf("ask for the backlog: %w", err)
	}
	b := signals.Backlog{Signals: consumer.NumPending + uint64(consumer.NumAckPending)}
	if stream.State.Msgs > 0 && stream.Config.MaxBytes > 0 {
		mean := float64(stream.State.Bytes) / float64(stream.State.Msgs)
		b.Share = mean * float64(b.Signals) / float64(stream.Config.MaxBytes)
	}
	return b, nil
}
