package chaos_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/test/system"
)

// TestKilledWhileRecordingAClock kills the whole process with SIGKILL before and after
// a clock's event is asked for, and starts it again: the event is there, once.
func TestKilledWhileRecordingAClock(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	tried := 0
	for _, point := range failpoint.Names() {
		if !strings.HasPrefix(point, notifierPrefix) || !strings.HasSuffix(point, clockSuffix) {
			continue
		}
		tried++
		arm(t, s, point)
		name := fmt.Sprint("INC-", tried)
		s.Do(t, "declare", "Dies at "+point, "-s", "SEV-1", "--detach")
		// Acknowledging meets a clock. The process may die before it answers.
		s.Try(t, "ack", name)
		if err := s.Wait(t); err == nil {
			t.Fatalf("%s: the process ended cleanly", point)
		}
		s.Env("")
		s.Start(t)
		s.Do(t, "ack", name)
		waitFor(t, point, func() bool { return met(t, s, name) > 0 }, func() string { return s.Do(t, "timeline", name) })
		// What comes later is looked at after all that was written twice would be.
		s.Do(t, "mitigate", name, "--reason", "after "+point)
		if n := met(t, s, name); n != 1 {
			t.Errorf("%s: met %d times:\n%s", point, n, s.Do(t, "timeline", name))
		}
	}
	if tried < 2 {
		t.Errorf("only %d points were tried", tried)
	}
}

// met is how often the timeline says that an incident was acknowledged in time.
func met(t *testing.T, s *system.System, name string) int {
	t.Helper()
	var timeline struct {
		Entries []struct{ Type, Headline string }
	}
	s.JSON(t, &timeline, "timeline", name)
	n := 0
	for _, e := range timeline.Entries {
		if e.Type == "incident.clock_met" && strings.Contains(strings.ToLower(e.Headline), "acknowledge") {
			n++
		}
	}
	return n
}
