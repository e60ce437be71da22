package feed

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// reader turns messages into items, one after the other.
type reader struct {
	engine *fold.Engine
	at     eventlog.Position // of the last message read
}

func newReader(log eventlog.Reader, at eventlog.Position) *reader {
	return &reader{engine: fold.NewEngine(log, fold.Options{Workers: 1, Entries: 20_000}), at: at}
}

// read returns the events of the next message.
func (r *reader) read(ctx context.Context, m eventlog.Message) (batch, error) {
	position, err := m.Position()
	if err != nil {
		// A message that is no commit at all moves nobody: nothing is known of it.
		return batch{position: r.at}, nil //nolint:nilerr // the projection reports it
	}
	b := batch{position: position}
	err = r.engine.Fold(ctx, []eventlog.Message{m}, func(c fold.Change) error {
		b.items = items(c, r.at, position)
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("read feed: %w", err)
	}
	r.at = position
	return b, nil
}

// redactions are the entries that events redact.
func redactions(messages []eventlog.Message) map[uint64]bool {
	gone := map[uint64]bool{}
	for _, m := range messages {
		events, _ := fold.Decode(m) // what cannot be read redacts nothing
		for _, e := range events {
			if r, ok := e.Event.(incident.EntryRedacted); ok {
				gone[r.Entry] = true
			}
		}
	}
	return gone
}

func compareRevision(e *view.Entry, revision uint64) int {
	return int(int64(e.Revision) - int64(revision))
}
