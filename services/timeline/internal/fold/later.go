package fold

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// RedactedLater returns the entries of an incident that events after a sequence
// redact, and the entries that those corrected. Their text may be gone from the
// log already, so a view that is folded now up to the sequence does not hold what
// one that was folded earlier holds. It is empty when there are none.
func RedactedLater(ctx context.Context, log eventlog.Reader, id incident.ID, after uint64) (map[uint64]bool, error) {
	messages, err := log.Load(ctx, Subject(id), 0)
	if err != nil {
		return nil, fmt.Errorf("load incident %s: %w", id, err)
	}
	corrected, later := map[uint64]uint64{}, map[uint64]bool{}
	for _, m := range messages {
		events, _ := Decode(m) // what cannot be read is in both views' quarantine
		for _, e := range events {
			if edit, ok := e.Event.(incident.EntryEdited); ok {
				corrected[e.Revision] = edit.Entry
			}
			if redacted, ok := e.Event.(incident.EntryRedacted); ok && m.Sequence > after {
				later[redacted.Entry] = true
			}
		}
	}
	for edit, target := range corrected {
		if later[edit] {
			later[target] = true
		}
	}
	return later, nil
}
