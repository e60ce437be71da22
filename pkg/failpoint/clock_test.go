package failpoint_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
)

func TestTheClockJumpsWhenItIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	t.Setenv(failpoint.EnvClock, path)
	now := failpoint.ClockFromEnv()
	for content, offset := range map[string]time.Duration{"": 0, "nonsense": 0, "-1h\n": -time.Hour, "90m": 90 * time.Minute} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if off := time.Until(now()) - offset; off > time.Minute || off < -time.Minute {
			t.Errorf("%q: the clock is off by %s more", content, off)
		}
	}
}

func TestThereIsNoOtherClockUnlessAskedFor(t *testing.T) {
	t.Setenv(failpoint.EnvClock, "")
	if failpoint.ClockFromEnv() != nil {
		t.Error("a clock of its own")
	}
}
