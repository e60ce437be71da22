package tee

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/rawsignal"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

const (
	// readTimeout bounds how long a raw signal is looked for.
	readTimeout = 5 * time.Second
	// patience is how many attempts are made at reading one before it is done without.
	patience = 3
)

// Why an alert is told of without what its sender sent.
const (
	whyGone     = "what was sent is not kept any more"
	whyRedacted = "something of the alert was redacted"
	whyUnread   = "what was sent could not be read"
	whyForeign  = "what was sent cannot be passed on"
)

// Signals finds what senders sent.
type Signals interface {
	// Find returns a signal by its id, [rawsignal.ErrNotFound] or [rawsignal.ErrUnavailable].
	Find(ctx context.Context, id string) (*signalv1.RawSignal, error)
}

// Stream reads the stream SIGNALS, which is opened when it is first needed. It implements
// [Signals].
type Stream struct {
	// JetStream reaches the stream.
	JetStream jetstream.JetStream

	mu     sync.Mutex
	reader *rawsignal.Reader
}

// Find implements [Signals].
func (s *Stream) Find(ctx context.Context, id string) (*signalv1.RawSignal, error) {
	reader, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return reader.Find(ctx, id)
}

func (s *Stream) open(ctx context.Context) (*rawsignal.Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader == nil {
		reader, err := rawsignal.Open(ctx, s.JetStream)
		if err != nil {
			return nil, err
		}
		s.reader = reader
	}
	return s.reader, nil
}

// raw is the signal that said what is to be told, nil where none did; or nil and why it is
// done without. Its error means that it may be read later.
func (f *Forwarder) raw(ctx context.Context, of history, id string, attempts int32) (s *signalv1.RawSignal, why string, err error) {
	switch {
	case f.Signals == nil || id == "":
		return nil, "", nil
	case of.redacted:
		return nil, whyRedacted, nil
	}
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	s, err = f.Signals.Find(limited, id)
	switch {
	case errors.Is(err, rawsignal.ErrNotFound), err == nil && s.GetBodyBytes() > 0: // a note about it is left
		return nil, whyGone, nil
	case err == nil:
		return s, "", nil
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case attempts >= patience:
		return nil, whyUnread, nil
	}
	return nil, "", fmt.Errorf("read what was sent: %w", err)
}
