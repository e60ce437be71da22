package alert_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

func TestEvidenceIsFound(t *testing.T) {
	for name, draft := range map[string]func(string) (chain.Draft, error){
		"fired": alert.Fired{Source: "x", SignalID: "s"}.Draft, "resolved": alert.Resolved{SignalID: "s"}.Draft,
		"acknowledged": alert.Acknowledged{By: "a", SignalID: "s"}.Draft, "noted": alert.Noted{By: "a", SignalID: "s"}.Draft,
	} {
		d, err := draft("e")
		data := seal(t, alert.State{}, d, err)
		for signal, want := range map[string]bool{"s": true, "other": false, "": false} {
			if got, err := alert.Evidences(data, signal); err != nil || got != want {
				t.Errorf("%s: %q is evidence: %v, %v", name, signal, got, err)
			}
		}
	}
	if _, err := alert.Evidences([]byte{0xff}, "s"); err == nil {
		t.Error("damaged data is read")
	}
}
