package relay

import (
	"context"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// store marks that everything up to a message is published.
func (t *term) store(ctx context.Context, last eventlog.Message) error {
	if last.Sequence >= t.head.Sequence && t.asked.After(t.asOf) {
		t.asOf = t.asked
	}
	mark := &statusv1.RelayMark{FoldVersion: document.Version, Complete: !t.anew}
	if !t.asOf.IsZero() {
		mark.AsOfUs = t.asOf.UnixMicro()
	}
	if !t.anew {
		position := eventlog.Position{Epoch: t.epoch}
		if last.Sequence > 0 {
			var err error
			if position, err = last.Position(); err != nil {
				return err
			}
		}
		mark.Position = position.String()
	}
	if err := t.writer.Mark(ctx, mark); err != nil {
		return err
	}
	t.relay.Metrics.marked(t.writer.Documents(), t.asOf)
	t.relay.report(func(s *Status) { s.Position, s.Documents = mark.GetPosition(), t.writer.Documents() })
	return nil
}

// sign gives a sign of life: it marks where reading is when nothing waits to be
// published, and asks the log where it ends.
func (t *term) sign(ctx context.Context) error {
	asked := time.Now()
	head, err := t.relay.Log.Head(ctx)
	if err != nil {
		return err
	}
	t.mu.Lock()
	last, waits := t.last, t.pages || len(t.pending) > 0
	t.mu.Unlock()
	if waits {
		return nil // its publication is a sign too
	}
	if last.Sequence >= t.head.Sequence && t.asked.After(t.asOf) {
		t.asOf = t.asked
	}
	t.head, t.asked = head, asked
	return t.store(ctx, last)
}
