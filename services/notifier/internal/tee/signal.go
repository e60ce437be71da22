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
	// readTimeout bounds how long a raw signal is looked for: the alert waits for it.
	readTimeout = 2 * time.Second
	// restFor is how long nothing is looked for after that failed.
	restFor = time.Minute
)

// Why an alert is told of without what its sender sent.
const (
	whyGone     = "what was sent is not kept any more"
	whyRedacted = "something of the alert was redacted"
	whyAnother  = "something of another alert that came with it was redacted"
	whyUnread   = "what was sent could not be read"
	whyForeign  = "what was sent cannot be passed on"
	whyShared   = "the tool knows another sender's alert by the same key"
	whySeveral  = "what was sent may tell of other alerts, too"
)

// Signals finds what senders sent.
type Signals interface {
	// Find returns a signal by its id, [rawsignal.ErrNotFound] or [rawsignal.ErrUnavailable].
	Find(ctx context.Context, id string) (*signalv1.RawSignal, error)
}

// errRests: the stream could not be read a short while ago.
var errRests = fmt.Errorf("not asked again yet: %w", rawsignal.ErrUnavailable)

// Stream reads the stream SIGNALS, which is opened when it is first needed. While it cannot
// be read, that is found out once a minute, and nobody waits for it besides. It implements
// [Signals].
type Stream struct {
	// JetStream reaches the stream.
	JetStream jetstream.JetStream
	Now       func() time.Time

	mu     sync.Mutex
	reader *rawsignal.Reader
	rests  time.Time // until when nobody asks
}

// Find implements [Signals].
func (s *Stream) Find(ctx context.Context, id string) (*signalv1.RawSignal, error) {
	reader, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	signal, err := reader.Find(ctx, id)
	s.note(ctx, err)
	return signal, err
}

// open returns what reads the stream. It holds no lock while it asks for it.
func (s *Stream) open(ctx context.Context) (*rawsignal.Reader, error) {
	s.mu.Lock()
	reader, rests := s.reader, s.rests
	s.mu.Unlock()
	switch {
	case s.Now().Before(rests):
		return nil, errRests
	case reader != nil:
		return reader, nil
	}
	reader, err := rawsignal.Open(ctx, s.JetStream)
	s.note(ctx, err)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reader = reader
	return reader, nil
}

// note remembers that the stream could not be read, unless that was the caller's wish.
func (s *Stream) note(ctx context.Context, err error) {
	if !errors.Is(err, rawsignal.ErrUnavailable) || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rests = s.Now().Add(restFor)
}

// raw is the signal that said what is to be told, nil where none did; or nil and why it is
// done without. It is not waited for: what is told is more than in whose words.
func (f *Forwarder) raw(ctx context.Context, of history, id string) (s *signalv1.RawSignal, why string) {
	switch {
	case f.Signals == nil || id == "":
		return nil, ""
	case of.redacted:
		return nil, whyRedacted
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	s, err := f.Signals.Find(ctx, id)
	if err == nil && s.GetBodyBytes() > 0 || errors.Is(err, rawsignal.ErrNotFound) { // a note about it is left
		return nil, whyGone
	}
	var redacted bool
	if err == nil {
		redacted, err = f.withheld.has(ctx, f.Log, id)
	}
	switch {
	case redacted:
		return nil, whyAnother
	case err == nil:
		return s, ""
	case !errors.Is(err, errRests) && !errors.Is(ctx.Err(), context.Canceled):
		f.Logger.WarnContext(ctx, "what senders sent cannot be read, and alerts are forwarded in words of our own", "error", err)
	}
	return nil, whyUnread
}
