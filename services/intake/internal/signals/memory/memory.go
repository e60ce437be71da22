package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// Store is a signals.Store in memory. Its room is Limit signals.
type Store struct {
	// Limit is how many unhandled signals it takes; 0 means no limit.
	Limit int

	turn    sync.Mutex // held by the one consumer that works
	mu      sync.Mutex
	waiting []*signalv1.RawSignal
	past    []*signalv1.RawSignal // handled
	grown   chan struct{}
}

var _ signals.Store = (*Store)(nil)

// Put implements signals.Store.
func (s *Store) Put(_ context.Context, signal *signalv1.RawSignal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Limit > 0 && len(s.waiting) >= s.Limit {
		return signals.ErrFull
	}
	if signal.GetOnce() != "" && slices.ContainsFunc(slices.Concat(s.past, s.waiting), func(other *signalv1.RawSignal) bool {
		return other.GetOnce() == signal.GetOnce() && (other.GetUnread() == "") == (signal.GetUnread() == "")
	}) {
		return signals.ErrRepeated
	}
	s.add(signal)
	return nil
}

// Aside implements signals.Store.
func (s *Store) Aside(_ context.Context, signal *signalv1.RawSignal, reason error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(signals.NoteOf(signal, reason))
	return nil
}

func (s *Store) add(signal *signalv1.RawSignal) {
	s.waiting = append(s.waiting, proto.Clone(signal).(*signalv1.RawSignal))
	if s.grown != nil {
		close(s.grown)
		s.grown = nil
	}
}

// Consume implements signals.Store.
func (s *Store) Consume(ctx context.Context, fn signals.Handler) error {
	for {
		s.turn.Lock()
		wait, err := s.some(ctx, fn)
		s.turn.Unlock()
		if err != nil {
			return err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// some handles the first signals, if there are any, and returns a channel that is
// closed when it is worth to look again.
func (s *Store) some(ctx context.Context, fn signals.Handler) (<-chan struct{}, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if len(s.waiting) == 0 {
		if s.grown == nil {
			s.grown = make(chan struct{})
		}
		wait := s.grown
		s.mu.Unlock()
		return wait, nil
	}
	first := slices.Clone(s.waiting[:min(len(s.waiting), signals.MaxBatch)])
	s.mu.Unlock()
	if err := fn(ctx, first); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.waiting, s.past = s.waiting[len(first):], append(s.past, first...)
	s.mu.Unlock()
	again := make(chan struct{})
	close(again)
	return again, nil
}

// Find implements signals.Store.
func (s *Store) Find(_ context.Context, id string) (*signalv1.RawSignal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, signal := range slices.Concat(s.past, s.waiting) {
		if signal.GetId() == id {
			return signal, nil
		}
	}
	return nil, signals.ErrNotFound
}

// Unread implements signals.Store.
func (s *Store) Unread(_ context.Context, since time.Time, limit int) ([]signals.Unread, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var stored []signals.Unread
	for _, signal := range slices.Concat(s.past, s.waiting) {
		stored = append(stored, signals.Bare(signal))
	}
	return signals.Newest(stored, since, limit), nil
}

// Backlog implements signals.Store.
func (s *Store) Backlog(context.Context) (signals.Backlog, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := signals.Backlog{Signals: uint64(len(s.waiting))}
	if s.Limit > 0 {
		b.Share = float64(len(s.waiting)) / float64(s.Limit)
	}
	return b, nil
}
