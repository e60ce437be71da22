package memory_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/signalstest"
)

func TestStore(t *testing.T) {
	signalstest.Run(t, func(*testing.T) signals.Store { return &memory.Store{} })
}
