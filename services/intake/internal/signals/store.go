package signals

import (
	"context"
	"errors"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// ErrUnavailable: the signal could not be stored, or it is not certain that it
// was. The sender has to send it again.
var ErrUnavailable = errors.New("the signal could not be stored")

// ErrTooLarge: the signal exceeds what one message may hold.
var ErrTooLarge = errors.New("the signal is too large to be stored")

// Handler works on one signal. It is called again with the same signal, perhaps
// in another process, unless it returned nil, so it must be idempotent. Its error
// ends [Store.Consume]; what may pass has to be tried again inside.
type Handler func(ctx context.Context, s *signalv1.RawSignal) error

// Store is a durable queue of signals. Its methods are safe for concurrent use.
type Store interface {
	// Put returns nil once the signal is durable. It returns [ErrTooLarge] or
	// [ErrUnavailable].
	Put(ctx context.Context, s *signalv1.RawSignal) error

	// Consume hands over the signals in the order in which they were stored, one
	// at a time over all processes that consume, and remembers which were handled.
	// It returns ctx's error when ctx ends and the handler's error as it is.
	Consume(ctx context.Context, fn Handler) error

	// Backlog is how much is stored and not handled.
	Backlog(ctx context.Context) (Backlog, error)
}

// Backlog is what waits to be handled.
type Backlog struct {
	// Signals is their number.
	Signals uint64
	// Share is about how much of the store's room they take, 0 to 1.
	Share float64
}
