package public

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// readPatience bounds the wait for the next message while the stream is read.
const readPatience = 10 * time.Second

// errQuiet: the stream said that there is more and then nothing came.
var errQuiet = errors.New("the stream of public documents does not answer")

// read learns what is in the stream, every version of it.
func (w *Writer) read(ctx context.Context) error {
	consumer, err := w.js.OrderedConsumer(ctx, streamName, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if err != nil {
		return fmt.Errorf("read the public documents: %w", err)
	}
	if info := consumer.CachedInfo(); info != nil && info.NumPending == 0 {
		return nil
	}
	messages, err := consumer.Messages(jetstream.PullExpiry(10*heartbeat), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return fmt.Errorf("read the public documents: %w", err)
	}
	defer messages.Stop()
	for {
		patience, cancel := context.WithTimeout(ctx, readPatience)
		message, err := messages.Next(jetstream.NextContext(patience))
		cancel()
		if err != nil {
			return fmt.Errorf("read the public documents: %w", errors.Join(errQuiet, err))
		}
		meta, err := message.Metadata()
		if err != nil {
			return fmt.Errorf("read the public documents: %w", err)
		}
		w.learn(message, meta.Sequence.Stream)
		if meta.NumPending == 0 {
			return nil
		}
	}
}

func (w *Writer) learn(message jetstream.Msg, sequence uint64) {
	subject := message.Subject()
	if !isDocument(subject) {
		return
	}
	if before, ok := w.known[subject]; ok {
		w.waste = append(w.waste, before.sequence)
	}
	var doc proto.Message = &statusv1.IncidentDocument{}
	if strings.HasPrefix(subject, prefixPage) {
		doc = &statusv1.PageDocument{}
	}
	s := stored{sequence: sequence}
	s.digest[0] = 1 // of nothing that we would write: whatever cannot be read is replaced
	if proto.Unmarshal(message.Data(), doc) == nil {
		if digest, err := digestOf(doc); err == nil {
			s.digest = digest
		}
	}
	w.known[subject] = s
}
