package alert

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// Evidences tells whether one message of an alert says something because of a raw
// signal.
func Evidences(data []byte, signalID string) (bool, error) {
	commit, err := chain.Open(data)
	if err != nil {
		return false, fmt.Errorf("look for evidence: %w", err)
	}
	for _, record := range commit.Records {
		envelope, err := record.Envelope()
		if err != nil {
			return false, fmt.Errorf("look for evidence: %w", err)
		}
		event, err := Decode(envelope.Type, record)
		if err == nil && signalID != "" && signalOf(event) == signalID {
			return true, nil
		}
	}
	return false, nil
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
