package beats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
)

// ErrUnavailable: pings can be neither kept nor read now.
var ErrUnavailable = errors.New("pings cannot be kept now")

// Subjects of the stream.
const (
	pingPrefix = "heartbeat.ping."
	// hearingSubject has since when pings are heard.
	hearingSubject = "heartbeat.hearing"
)

// attemptTimeout bounds one call.
const attemptTimeout = 5 * time.Second

// Codes by which a server says that the expected sequence is not the last one; the
// second one comes from replicated streams.
const (
	wrongLastSequence         = 10071
	wrongLastSequenceConstant = 10164
)

// Store keeps the last ping of each heartbeat in JetStream.
type Store struct {
	js      jetstream.JetStream
	stream  jetstream.Stream
	hasRoom func() bool
}

// Open returns the store. The stream must exist: the log's bootstrap makes it. HasRoom
// tells whether the disk of the servers can take more; nil: that is not known.
func Open(ctx context.Context, js jetstream.JetStream, hasRoom func() bool) (*Store, error) {
	stream, err := js.Stream(ctx, eventlogjs.StreamHeartbeats)
	if err != nil {
		return nil, fmt.Errorf("open stream %s: %w", eventlogjs.StreamHeartbeats, err)
	}
	return &Store{js: js, stream: stream, hasRoom: hasRoom}, nil
}

// ping is what is kept of one. The form is stable.
type ping struct {
	At time.Time `json:"at"`
	By string    `json:"by"` // principal whose token it carried
}

// Ping keeps a ping of the heartbeat with an id, in the place of the one before. When it
// returns nil the ping is durable. Its error is [ErrUnavailable], wrapped.
func (s *Store) Ping(ctx context.Context, id, by string, at time.Time) error {
	return s.publish(ctx, pingPrefix+id, ping{at.UTC(), by})
}

// Last returns when a heartbeat pinged last; zero when it never did. Its error is
// [ErrUnavailable], wrapped.
func (s *Store) Last(ctx context.Context, id string) (time.Time, error) {
	var p ping
	_, err := s.read(ctx, pingPrefix+id, &p)
	return p.At, err
}

// Hearing returns when pings could be heard. Its error is [ErrUnavailable], wrapped.
func (s *Store) Hearing(ctx context.Context) (heartbeat.Hearing, error) {
	var h heartbeat.Hearing
	_, err := s.read(ctx, hearingSubject, &h)
	return h, err
}

// Hear says that pings are heard at now, and returns when they could be. More than silence
// after anybody last said so nobody could. Its error is [ErrUnavailable], wrapped.
func (s *Store) Hear(ctx context.Context, now time.Time, silence time.Duration) (heartbeat.Hearing, error) {
	for {
		var h heartbeat.Hearing
		sequence, err := s.read(ctx, hearingSubject, &h)
		if err != nil {
			return h, err
		}
		next := h.Heard(now.UTC(), silence)
		if next.At.Equal(h.At) {
			return h, nil // another clock is ahead
		}
		err = s.publish(ctx, hearingSubject, next, jetstream.WithExpectLastSequencePerSubject(sequence))
		var refused *jetstream.APIError
		if errors.As(err, &refused) && (refused.ErrorCode == wrongLastSequence || refused.ErrorCode == wrongLastSequenceConstant) {
			continue // somebody else said so meanwhile
		}
		return next, err
	}
}

// read reads what is kept on a subject, and its sequence; 0 when nothing is.
func (s *Store) read(ctx context.Context, subject string, into any) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	message, err := s.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if err := json.Unmarshal(message.Data, into); err != nil {
		return 0, fmt.Errorf("read %s: %w", subject, err)
	}
	return message.Sequence, nil
}

func (s *Store) publish(ctx context.Context, subject string, what any, opts ...jetstream.PublishOpt) error {
	if s.hasRoom != nil && !s.hasRoom() {
		return fmt.Errorf("%w: the disk has no room", ErrUnavailable)
	}
	data, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("encode %s: %w", subject, err)
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	if _, err := s.js.Publish(ctx, subject, data, opts...); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
