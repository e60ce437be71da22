package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	eventlogtest.Run(t, eventlogtest.Harness{
		New: func(*testing.T) eventlog.Log { return memory.New(memory.Options{}) },
		NewLimited: func(_ *testing.T, maxBytes uint64) eventlog.Log {
			return memory.New(memory.Options{MaxBytes: maxBytes})
		},
		Lose: func(t *testing.T, log eventlog.Log, sequence uint64) {
			damaged, ok := log.(*memory.Log)
			if !ok {
				t.Fatalf("not a memory log: %T", log)
			}
			damaged.Lose(sequence)
		},
	})
}
