package fold_test

import (
	"context"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// counted is a log that counts how often a subject is loaded.
type counted struct {
	eventlog.Reader
	loads int
}

func (c *counted) Load(ctx context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	c.loads++
	return c.Reader.Load(ctx, subject, after)
}

// TestHistoriesAreDroppedWhenAsked: what was redacted is read again, without what
// is gone.
func TestHistoriesAreDroppedWhenAsked(t *testing.T) {
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	one := w.Declare(incident.Declare{Title: "one"}, logtest.Act{})
	two := w.Declare(incident.Declare{Title: "two"}, logtest.Act{})
	reader := &counted{Reader: log}
	histories := fold.NewHistories(reader)
	get := func(id incident.ID) {
		t.Helper()
		if h, err := histories.Get(t.Context(), id, 1); err != nil || len(h.Records) != 1 {
			t.Fatalf("%d records, %v", len(h.Records), err)
		}
	}
	for _, step := range []struct {
		name string
		drop func()
		want int // loads of both incidents
	}{
		{"at first", func() {}, 2},
		{"kept", func() {}, 0},
		{"one forgotten", func() { histories.Forget(one) }, 1},
		{"forgotten twice", func() { histories.Forget(two, two) }, 1},
		{"cleared", histories.Clear, 2},
	} {
		step.drop()
		reader.loads = 0
		get(one)
		get(two)
		if reader.loads != step.want {
			t.Errorf("%s: %d loads, want %d", step.name, reader.loads, step.want)
		}
	}
}
