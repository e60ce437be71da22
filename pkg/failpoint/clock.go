package failpoint

import (
	"os"
	"strings"
	"time"
)

// EnvClock names a file that holds how far the clock of a child process is off,
// for example "-1h": a test writes to it, and the clock jumps while the process
// runs. What cannot be read as a duration is no offset.
const EnvClock = "BRIDGELOG_FAILPOINT_CLOCK"

// ClockFromEnv returns the clock that the environment of a child process asks for,
// or nil when it asks for none: then the process uses its own. As after a real
// jump, its readings cannot be compared by the monotonic clock; timers are not
// concerned.
func ClockFromEnv() func() time.Time {
	path := os.Getenv(EnvClock)
	if path == "" {
		return nil
	}
	return func() time.Time {
		content, err := os.ReadFile(path) //nolint:gosec // whoever sets the environment owns the process
		if err != nil {
			return time.Now()
		}
		offset, err := time.ParseDuration(strings.TrimSpace(string(content)))
		if err != nil {
			return time.Now()
		}
		return time.Now().Add(offset).Round(0)
	}
}
