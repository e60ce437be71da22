package jetstream

import (
	"context"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/rawsignal"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// maxUnread is of how many unread signals, the newest, it is known whether they were read
// later; older ones are not listed.
const maxUnread = 20_000

// Unread implements signals.Store.
func (s *Store) Unread(ctx context.Context, since time.Time, limit int) ([]signals.Unread, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	sequence, last, err := s.reader.Since(ctx, since)
	if err != nil {
		return nil, unavailable("list unread signals", err)
	}
	var stored []signals.Unread
	for {
		m, err := s.reader.From(ctx, sequence, last, anyUnread)
		if err != nil {
			return nil, unavailable("list unread signals", err)
		}
		if m == nil {
			return signals.Newest(stored, since, limit), nil
		}
		for _, signal := range rawsignal.Signals(m.Subject, m.Data) {
			stored = append(stored, signals.Bare(signal))
		}
		if len(stored) > 2*maxUnread {
			stored = slices.Clone(stored[len(stored)-maxUnread:])
		}
		sequence = m.Sequence + 1
	}
}
