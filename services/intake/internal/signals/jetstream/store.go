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
	"github.com/bridgelog/bridgelog/pkg/rawsignal"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// consumerName is the durable consumer that all processes share.
const consumerName = "intake"

// Subjects of signals.
const (
	subjectPrefix = rawsignal.SubjectPrefix
	anySubject    = rawsignal.AnySubject
	// unreadPrefix is that of signals that could not be read, so that they are found
	// among the others.
	unreadPrefix = subjectPrefix + "unread."
	anyUnread    = unreadPrefix + ">"
)

// subjectOf is where a signal is stored.
func subjectOf(s *signalv1.RawSignal) string {
	if s.GetUnread() != "" || s.GetReplayed() {
		return unreadPrefix + s.GetSource()
	}
	return subjectPrefix + s.GetSource()
}

// DefaultAckWait is how long a process may be silent before another one takes
// its signals: how long they wait after one was killed.
const DefaultAckWait = 3 * time.Second

// Options tune the store; the zero value has the defaults.
type Options struct {
	// AckWait replaces [DefaultAckWait].
	AckWait time.Duration
	// HasRoom tells whether the disk of the servers can take more; nil: that is not
	// known.
	HasRoom func() bool
}

// Store is a signals.Store.
type Store struct {
	js       jetstream.JetStream
	ackWait  time.Duration
	hasRoom  func() bool
	stream   jetstream.Stream
	reader   *rawsignal.Reader
	consumer jetstream.Consumer
	room     uint64 // bytes
	gather   gather
	account  account
}

var _ signals.Store = (*Store)(nil)

// Open returns the store. The stream must exist: the log's bootstrap makes it.
// The consumer is made if need be.
func Open(ctx context.Context, js jetstream.JetStream, opts Options) (*Store, error) {
	s := &Store{js: js, ackWait: opts.AckWait, hasRoom: opts.HasRoom}
	if s.ackWait == 0 {
		s.ackWait = DefaultAckWait
	}
	var err error
	if s.stream, err = js.Stream(ctx, eventlogjs.StreamSignals); err != nil {
		return nil, fmt.Errorf("open stream %s: %w", eventlogjs.StreamSignals, err)
	}
	s.reader = rawsignal.Of(s.stream)
	s.room = uint64(max(s.stream.CachedInfo().Config.MaxBytes, 0))
	s.consumer, err = s.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: consumerName, AckPolicy: jetstream.AckExplicitPolicy, AckWait: s.ackWait, MaxAckPending: 1,
		DeliverPolicy: jetstream.DeliverAllPolicy,
	})
	if err != nil {
		return nil, fmt.Errorf("open consumer %s: %w", consumerName, err)
	}
	// What an earlier process left takes room too.
	before, state := s.consumer.CachedInfo(), s.stream.CachedInfo().State
	s.account.add(state.LastSeq, int(meanSize(state)*float64(before.NumPending+uint64(before.NumAckPending))))
	return s, nil
}

// meanSize is how many bytes a message takes.
func meanSize(s jetstream.StreamState) float64 {
	if s.Msgs == 0 {
		return 0
	}
	return float64(s.Bytes) / float64(s.Msgs)
}

// Put implements signals.Store.
func (s *Store) Put(ctx context.Context, signal *signalv1.RawSignal) error {
	size := proto.Size(signal) + messageOverhead
	if s.hasRoom != nil && !s.hasRoom() || !s.account.reserve(size, uint64(signals.FullShare*float64(s.room))) {
		return fmt.Errorf("put signal: %w", signals.ErrFull)
	}
	defer s.account.release(size)
	err := s.gather.put(ctx, signal, s.send)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, signals.ErrRepeated):
		return fmt.Errorf("put signal: %w", err)
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("put signal: %w", signals.ErrTooLarge)
	}
	return fmt.Errorf("put signal: %w: %w", signals.ErrUnavailable, err)
}

// Aside implements signals.Store.
func (s *Store) Aside(ctx context.Context, signal *signalv1.RawSignal, reason error) error {
	if err := s.send(ctx, []*signalv1.RawSignal{signals.NoteOf(signal, reason)}); err != nil {
		return fmt.Errorf("note that a signal is unread: %w: %w", signals.ErrUnavailable, err)
	}
	return nil
}

// messageOverhead is what the server keeps beside a message, in bytes.
const messageOverhead = 64

// sendTimeout bounds the way of one message, on which others than the caller
// depend.
const sendTimeout = 5 * time.Second

// send stores signals of one door as one message.
func (s *Store) send(ctx context.Context, together []*signalv1.RawSignal) error {
	first := together[0]
	message := &signalv1.RawSignal{
		Id: first.GetId(), Source: first.GetSource(), ReceivedAtUs: first.GetReceivedAtUs(), ContentType: first.GetContentType(),
		Body: first.GetBody(), Principal: first.GetPrincipal(), TraceParent: first.GetTraceParent(), Headers: first.GetHeaders(),
		Unread: first.GetUnread(), Replayed: first.GetReplayed(), BodyBytes: first.GetBodyBytes(), Due: first.GetDue(), Once: first.GetOnce(), More: together[1:],
	}
	data, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	ack, err := s.js.PublishMsg(ctx, &nats.Msg{Subject: subjectOf(first), Data: data}, onlyOnce(first)...)
	switch {
	case err != nil:
		return err
	case ack.Duplicate:
		return signals.ErrRepeated
	}
	s.account.add(ack.Sequence, len(data)+messageOverhead)
	return nil
}

// onlyOnce lets the server take a signal once that says so. One that could not be read is
// not the same as the one that can.
func onlyOnce(s *signalv1.RawSignal) []jetstream.PublishOpt {
	if s.GetOnce() == "" {
		return nil
	}
	return []jetstream.PublishOpt{jetstream.WithMsgID(subjectOf(s) + " " + s.GetOnce())}
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
	s.account.handled(consumer.AckFloor.Stream, b.Signals == 0)
	if s.room == 0 {
		return b, nil
	}
	// What this process stored is known; of what others stored, the mean is.
	waiting := max(float64(s.account.waiting()), meanSize(stream.State)*float64(b.Signals))
	b.Share = min(waiting/float64(s.room), 1)
	return b, nil
}
