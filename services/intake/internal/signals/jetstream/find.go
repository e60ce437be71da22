package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/rawsignal"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// listTimeout bounds how long a list is read.
const listTimeout = 10 * time.Second

// Find implements signals.Store.
func (s *Store) Find(ctx context.Context, id string) (*signalv1.RawSignal, error) {
	signal, err := s.reader.Find(ctx, id)
	switch {
	case errors.Is(err, rawsignal.ErrNotFound):
		return nil, fmt.Errorf("find signal: %w", signals.ErrNotFound)
	case err != nil:
		return nil, unavailable("find signal", err)
	}
	return signal, nil
}

// unavailable says that the stream cannot be read.
func unavailable(what string, err error) error {
	return fmt.Errorf("%s: %w: %w", what, signals.ErrUnavailable, err)
}
