package tee

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/rawsignal"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
)

// TestAStreamThatCannotBeOpenedRests: who may not read it finds that out once a minute, and
// nobody waits for others who do.
func TestAStreamThatCannotBeOpenedRests(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t)
	server.Bootstrap(eventlogjs.Config{})
	js, err := jetstream.New(server.Conn(natsserver.UserReader))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	s := &Stream{JetStream: js, Now: func() time.Time { return now }}
	find := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		_, err := s.Find(ctx, rawID)
		return err
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Find(gone, rawID); !errors.Is(err, rawsignal.ErrUnavailable) || errors.Is(err, errRests) {
		t.Errorf("whoever stopped asking: %v", err)
	}
	if err := find(50 * time.Millisecond); !errors.Is(err, rawsignal.ErrUnavailable) || errors.Is(err, errRests) {
		t.Errorf("the first time: %v", err)
	}
	if err := find(time.Hour); !errors.Is(err, errRests) {
		t.Errorf("right after that: %v", err)
	}
	now = now.Add(restFor)
	if err := find(50 * time.Millisecond); !errors.Is(err, rawsignal.ErrUnavailable) || errors.Is(err, errRests) {
		t.Errorf("a minute later: %v", err)
	}
}
