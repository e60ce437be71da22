package main

import (
	"strings"
	"testing"
)

// TestBadUsage holds the exit code of what is called wrongly, for the commands
// that only the whole program has.
func TestBadUsage(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	for _, line := range []string{
		"bench", "bench frobnicate", "bench append -o xml", "bench append --seconds 0", "bench append extra",
		"serve", "serve frobnicate", "up extra", "up --ports 3", "up --listen nowhere", "config extra", "doctor extra",
		"completion", "completion tcsh",
	} {
		if code := run(strings.Fields(line)); code != 2 {
			t.Errorf("bridgelog %s: exit %d, want 2", line, code)
		}
	}
}
