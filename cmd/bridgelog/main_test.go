package main

import (
	"encoding/json"
	"os"
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

// TestLooksForScripts holds that what looks at a system speaks JSON too.
func TestLooksForScripts(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	for line, key := range map[string]string{"config -o json": "settings", "doctor -o json": "checks"} {
		out := captured(t, strings.Fields(line))
		var answer map[string]any
		if err := json.Unmarshal(out, &answer); err != nil || answer[key] == nil {
			t.Errorf("bridgelog %s: %v in %s", line, err, out)
		}
	}
}

// captured is what a call of the program writes on its standard output.
func captured(t *testing.T, args []string) []byte {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	before := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = before }()
	run(args)
	content, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return content
}
