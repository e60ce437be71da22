package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/wait"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

const (
	// findBefore and findAfter bound where a signal can be, by the time in its id:
	// clocks of doors and server differ, and storing takes a while.
	findBefore = 5 * time.Second
	findAfter  = 2 * sendTimeout
	// findTimeout bounds a search.
	findTimeout = 10 * time.Second
)

// Find implements signals.Store. The id tells when the signal came: the place in
// the stream is found by halving, and read on from there.
func (s *Store) Find(ctx context.Context, id string) (*signalv1.RawSignal, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || parsed.Version() != 7 {
		return nil, fmt.Errorf("find signal: %w", signals.ErrNotFound)
	}
	seconds, nanos := parsed.Time().UnixTime()
	came := time.Unix(seconds, nanos)
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	info, err := s.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("find signal: %w: %w", signals.ErrUnavailable, err)
	}
	last := info.State.LastSeq
	low, err := s.after(ctx, info.State.FirstSeq, last, came.Add(-findBefore))
	if err != nil {
		return nil, err
	}
	return s.search(ctx, id, low, last, came.Add(findAfter))
}

// after finds, by halving, the first sequence that was stored after a time.
func (s *Store) after(ctx context.Context, low, last uint64, at time.Time) (uint64, error) {
	low = max(low, 1) // that of a stream in which nothing was stored yet is 0
	for high := last + 1; low < high; {
		middle := low + (high-low)/2
		m, err := s.from(ctx, middle, last, anySubject)
		if err != nil {
			return 0, err
		}
		if m == nil || m.Time.After(at) {
			high = middle
		} else {
			low = m.Sequence + 1
		}
	}
	return low, nil
}

// search reads from a sequence until the signal, a time, or the last message.
func (s *Store) search(ctx context.Context, id string, sequence, last uint64, until time.Time) (*signalv1.RawSignal, error) {
	for {
		m, err := s.from(ctx, sequence, last, anySubject)
		if err != nil {
			return nil, err
		}
		if m == nil || m.Time.After(until) {
			return nil, fmt.Errorf("find signal: %w", signals.ErrNotFound)
		}
		var b batch
		b.add(m.Subject, m.Data, m.Sequence, m.Time)
		for _, signal := range b.signals {
			if signal.GetId() == id {
				return signal, nil
			}
		}
		sequence = m.Sequence + 1
	}
}

// from returns the first message on subjects at or after a sequence; nil behind the last
// one. A replica that is behind is asked again.
func (s *Store) from(ctx context.Context, sequence, last uint64, subjects string) (*jetstream.RawStreamMsg, error) {
	for sequence <= last {
		m, err := s.stream.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(subjects))
		if err == nil {
			return m, nil
		}
		if subjects != anySubject && errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, nil //nolint:nilnil // none of these is behind the sequence
		}
		if !errors.Is(err, jetstream.ErrMsgNotFound) || wait.For(ctx, 20*time.Millisecond) != nil {
			return nil, fmt.Errorf("find signal: %w: %w", signals.ErrUnavailable, err)
		}
	}
	return nil, nil //nolint:nilnil // there is no message, and no error
}
