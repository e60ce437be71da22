package jetstream

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/rawsignal"
)

// TestSignalsAreStoredWhereReadersLook: one may wait for a message that is under way, and is
// then under way itself.
func TestSignalsAreStoredWhereReadersLook(t *testing.T) {
	t.Parallel()
	if 2*sendTimeout > rawsignal.Late {
		t.Errorf("a signal may be stored %v after its id was made, and is looked for within %v", 2*sendTimeout, rawsignal.Late)
	}
}
