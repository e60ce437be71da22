package jetstream_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

func TestWithoutRoomNothingIsSent(t *testing.T) {
	var full atomic.Bool
	log := natstest.Start(t).Log(jetstream.Config{}, jetstream.Options{HasRoom: func() bool { return !full.Load() }})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "one")
	full.Store(true)
	request := a.Seal("two")
	if _, err := log.Append(t.Context(), request); !errors.Is(err, eventlog.ErrFull) {
		t.Errorf("append: %v", err)
	}
	if _, err := log.AppendBatch(t.Context(), []eventlog.Append{request}); !errors.Is(err, eventlog.ErrFull) {
		t.Errorf("append a batch: %v", err)
	}
	if _, err := log.Load(t.Context(), a.Subject, 0); err != nil {
		t.Errorf("reading: %v", err)
	}
	full.Store(false)
	a.Append(log, "two")
	messages, err := log.Load(t.Context(), a.Subject, 0)
	if err != nil || len(messages) != 2 {
		t.Errorf("%d messages, %v", len(messages), err)
	}
}
