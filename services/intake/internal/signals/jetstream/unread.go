package jetstream

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// maxUnread is of how many unread signals, the newest, it is known whether they were read
// later; older ones are not listed.
const maxUnread = 20_000

// Unread implements signals.Store.
func (s *Store) Unread(ctx context.Context, since time.Time, limit int) ([]signals.Unread, error) {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	info, err := s.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("list unread signals: %w: %w", signals.ErrUnavailable, err)
	}
	last := info.State.LastSeq
	sequence, err := s.after(ctx, info.State.FirstSeq, last, since.Add(-findBefore))
	if err != nil {
		return nil, err
	}
	var stored []signals.Unread
	for {
		m, err := s.from(ctx, sequence, last, anyUnread)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return signals.Newest(stored, since, limit), nil
		}
		var b batch
		b.add(m.Subject, m.Data, m.Sequence, m.Time)
		for _, signal := range b.signals {
			stored = append(stored, signals.Bare(signal))
		}
		if len(stored) > 2*maxUnread {
			stored = slices.Clone(stored[len(stored)-maxUnread:])
		}
		sequence = m.Sequence + 1
	}
}
