package contracts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestABrokenContractIsNoticed takes things out of a copy of the protos and compares
// it with the committed image of what is released, as `make lint` does.
func TestABrokenContractIsNoticed(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	buf := filepath.Join(root, ".bin", "buf")
	if _, err := os.Stat(buf); err != nil {
		t.Skip("buf is not built: run make tools")
	}
	for _, c := range []struct {
		name, file, pattern, replacement, says string
	}{
		{"nothing", "incident/v1/events.proto", `$^`, "", ""},
		{"a field of a stored event", "incident/v1/events.proto", `(?m)^  Severity severity = \d+.*\n`, "", "was deleted"},
		{"the number of a field", "log/v1/record.proto", `(bytes envelope = )\d+`, "${1}99", "was deleted"},
		{"a call", "timeline/v1/timeline_service.proto", `(?s)  rpc ListEntries\(.*?\n  \}\n`, "", "was deleted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			for _, folder := range []string{"proto", ".proto-deps"} {
				if err := os.CopyFS(filepath.Join(work, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
					t.Fatal(err)
				}
			}
			config, err := os.ReadFile(filepath.Join(root, "buf.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(work, "buf.yaml"), string(config))
			path := filepath.Join(work, "proto", c.file)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			after := regexp.MustCompile(c.pattern).ReplaceAllString(string(before), c.replacement)
			if after == string(before) && c.says != "" {
				t.Fatalf("%s has nothing like %s", c.file, c.pattern)
			}
			write(t, path, after)
			command := exec.CommandContext(t.Context(), buf, "breaking", "proto", "--against", filepath.Join(root, "proto", "released.binpb"))
			command.Dir = work
			said, err := command.CombinedOutput()
			if (err != nil) != (c.says != "") || !strings.Contains(string(said), c.says) {
				t.Errorf("%v: %s\nwant %q", err, said, c.says)
			}
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
