package fold

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// History is everything that was recorded of one incident.
type History struct {
	// Records are the events as far as they can be folded.
	Records []incident.Recorded
	// Redacted are entries that were redacted by events after those.
	Redacted []uint64
	// Problem is the first event that cannot be folded; nil when all can.
	Problem *Problem
	// Sequence is the place in the log of the last message read.
	Sequence uint64
}

// Load reads the history of an incident from the log. An incident without events
// has an empty one.
func Load(ctx context.Context, log eventlog.Reader, id incident.ID) (History, error) {
	messages, err := log.Load(ctx, Subject(id), 0)
	if err != nil {
		return History{}, fmt.Errorf("load incident %s: %w", id, err)
	}
	var h History
	for _, m := range messages {
		h.add(id, m)
	}
	return h, nil
}

func (h *History) add(id incident.ID, m eventlog.Message) {
	h.Sequence = m.Sequence
	if h.Problem != nil {
		h.Redacted = append(h.Redacted, redactions(m)...)
		return
	}
	events, err := Decode(m)
	for _, e := range events {
		if wrong := h.check(e.Recorded); wrong != nil {
			err = wrong
			break
		}
		h.Records = append(h.Records, e.Recorded)
	}
	if err != nil {
		h.Problem = &Problem{Incident: id, Revision: uint64(len(h.Records)) + 1, Sequence: m.Sequence, Reason: reason(err)}
		h.Redacted = append(h.Redacted, redactions(m)...)
	}
}

// check tells whether an event can be folded after those that are there.
func (h *History) check(r incident.Recorded) error {
	if r.Revision != uint64(len(h.Records))+1 {
		return fmt.Errorf("revision %d after %d: %w", r.Revision, len(h.Records), view.ErrGap)
	}
	if _, declared := r.Event.(incident.Declared); r.Revision == 1 && !declared {
		return view.ErrNotDeclared
	}
	return nil
}
