package public

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Stream is the stream of public documents as a relay sees it.
type Stream struct {
	// JetStream is a connection that may write; it stays the caller's.
	JetStream jetstream.JetStream
	// HasRoom tells whether the disk of the stream can take more; nil: that is not
	// known. Without room documents are [ErrFull].
	HasRoom func() bool
}

// Sign is the sequence of the last mark, which grows as long as a relay lives; 0
// when there is none.
func (s Stream) Sign(ctx context.Context) (uint64, error) {
	stream, err := s.JetStream.Stream(ctx, streamName)
	if err != nil {
		return 0, fmt.Errorf("open the public documents: %w", err)
	}
	_, sequence, err := lastMark(ctx, stream)
	return sequence, err
}

// lastMark is the mark in the stream and its sequence; empty and 0 for none.
func lastMark(ctx context.Context, stream jetstream.Stream) (*statusv1.RelayMark, uint64, error) {
	mark := &statusv1.RelayMark{}
	message, err := stream.GetLastMsgForSubject(ctx, subjectMark)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return mark, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the mark of the relay: %w", err)
	}
	if proto.Unmarshal(message.Data, mark) != nil {
		mark = &statusv1.RelayMark{} // whatever it is, everything is computed anew
	}
	return mark, message.Sequence, nil
}
