package alert

import (
	"fmt"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// Evidences tells whether one message of an alert says something because of a raw
// signal.
func Evidences(data []byte, signalID string) (bool, error) {
	ids, err := Signals(data)
	return signalID != "" && slices.Contains(ids, signalID), err
}

// Signals are the ids of the raw signals that one message of an alert names. Events of
// types that this version does not know name none.
func Signals(data []byte) ([]string, error) {
	commit, err := chain.Open(data)
	if err != nil {
		return nil, fmt.Errorf("look for evidence: %w", err)
	}
	var ids []string
	for _, record := range commit.Records {
		envelope, err := record.Envelope()
		if err != nil {
			return nil, fmt.Errorf("look for evidence: %w", err)
		}
		event, err := Decode(envelope.Type, record)
		if id := signalOf(event); err == nil && id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// signalOf is the raw signal that an event names; "" for none.
func signalOf(event any) string {
	switch e := event.(type) {
	case Fired:
		return e.SignalID
	case Resolved:
		return e.SignalID
	case Acknowledged:
		return e.SignalID
	case Noted:
		return e.SignalID
	}
	return ""
}
