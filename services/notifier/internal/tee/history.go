package tee

import (
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

// history is an alert as the log has it.
type history struct {
	alert.State

	// redacted is true where anything of it was redacted.
	redacted bool
	// notes are those that a machine sent, in their order.
	notes []note
	// acknowledged is the revision at which somebody took care of it first; 0: nobody has.
	acknowledged uint64
}

// note is a note that a machine sent.
type note struct {
	revision uint64
	signal   string // id of the raw signal
}

// after is the history after one more message.
func (h history) after(data []byte) (history, error) {
	state, err := alert.Fold(h.State, data)
	if err != nil {
		return h, err
	}
	h.State = state
	commit, err := chain.Open(data)
	if err != nil {
		return h, fmt.Errorf("read alert: %w", err)
	}
	for _, record := range commit.Records {
		envelope, err := record.Envelope()
		if err != nil {
			return h, fmt.Errorf("read alert: %w", err)
		}
		h.redacted = h.redacted || record.Redacted
		event, err := alert.Decode(envelope.Type, record)
		if err != nil && !errors.Is(err, alert.ErrUnknownType) {
			return h, err
		}
		switch event := event.(type) {
		case alert.Noted:
			if event.SignalID != "" {
				h.notes = append(h.notes, note{envelope.Revision, event.SignalID})
			}
		case alert.Acknowledged:
			if h.acknowledged == 0 {
				h.acknowledged = envelope.Revision
			}
		}
	}
	return h, nil
}

// note is the first one behind a revision; with before, only where it was written before
// somebody took care of the alert.
func (h history) note(behind uint64, before bool) (note, bool) {
	for _, n := range h.notes {
		if n.revision > behind {
			return n, !before || n.revision < h.acknowledged
		}
	}
	return note{}, false
}
