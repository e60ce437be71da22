package highwater

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// StreamName is the stream of marks.
	StreamName = "MARKS"
	// subjectPrefix begins the subject of a log's mark; its epoch ends it: another
	// log has rounds and sequences of its own.
	subjectPrefix = "mark.notifier."
	// attemptTimeout bounds one call.
	attemptTimeout = 5 * time.Second
)

// Codes by which a server says that the expected sequence is not the last one; the
// second one comes from replicated streams.
const (
	wrongLastSequence         = 10071
	wrongLastSequenceConstant = 10164
)

// Stream is the mark in a JetStream stream, one message per log.
type Stream struct {
	js      jetstream.JetStream
	subject string

	mu       sync.Mutex
	mark     Mark   // as it was last seen
	sequence uint64 // of its message; 0: there is none
}

// NewStream returns the mark of the log with an epoch.
func NewStream(js jetstream.JetStream, epoch string) *Stream {
	return &Stream{js: js, subject: subjectPrefix + epoch}
}

// Load implements Store: the zero Mark when nothing was ever sent.
func (s *Stream) Load(ctx context.Context) (Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.load(ctx)
	return s.mark, err
}

// load asks for the mark that is stored.
func (s *Stream) load(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	stream, err := s.js.Stream(ctx, StreamName)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	message, err := stream.GetLastMsgForSubject(ctx, s.subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		s.mark, s.sequence = Mark{}, 0
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	var m Mark
	if err := json.Unmarshal(message.Data, &m); err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	s.mark, s.sequence = m, message.Sequence
	return nil
}

// Raise implements Store. It writes what it knows and asks only when somebody else
// was faster.
func (s *Stream) Raise(ctx context.Context, m Mark) (Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.mark.covers(m) {
		next := s.mark.join(m)
		sequence, err := s.publish(ctx, next)
		var refused *jetstream.APIError
		if errors.As(err, &refused) && (refused.ErrorCode == wrongLastSequence || refused.ErrorCode == wrongLastSequenceConstant) {
			// Somebody else raised it, perhaps our own lost attempt.
			if err := s.load(ctx); err != nil {
				return Mark{}, err
			}
			continue
		}
		if err != nil {
			return Mark{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		s.mark, s.sequence = next, sequence
	}
	return s.mark, nil
}

// publish writes a mark in the place of the one that is known.
func (s *Stream) publish(ctx context.Context, m Mark) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	data, err := json.Marshal(m)
	if err != nil {
		return 0, fmt.Errorf("encode mark: %w", err)
	}
	ack, err := s.js.Publish(ctx, s.subject, data, jetstream.WithExpectLastSequencePerSubject(s.sequence))
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}
