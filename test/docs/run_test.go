package docs_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/test/docs"
	"github.com/bridgelog/bridgelog/test/system"
)

func TestMain(m *testing.M) { system.Main(m) }

// TestCommandsWork runs the scripts of each document, in their order, against a
// system of its own.
func TestCommandsWork(t *testing.T) {
	t.Parallel()
	for _, path := range documents(t) {
		blocks, err := docs.Blocks(read(t, path))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !scripted(blocks) {
			continue
		}
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			runner := newRunner(t)
			for i, block := range blocks {
				runner.take(t, block)
				if i+1 < len(blocks) && blocks[i+1].Language == "output" {
					runner.compare(t, blocks[i+1])
				}
			}
		})
	}
}

// scripted reports whether a document has a script to run.
func scripted(blocks []docs.Block) bool {
	for _, block := range blocks {
		if block.Run() {
			return true
		}
	}
	return false
}

// runner runs the blocks of one document.
type runner struct {
	dir     string
	env     []string
	printed string
}

// newRunner starts a system whose client commands need no flag: the binary is on
// the PATH, and the environment says where the system is.
func newRunner(t *testing.T) *runner {
	t.Helper()
	running := system.Up(t, system.Options{})
	programs, home := t.TempDir(), t.TempDir()
	if err := os.Symlink(system.Client(t), filepath.Join(programs, "bridgelog")); err != nil {
		t.Fatal(err)
	}
	return &runner{dir: t.TempDir(), env: append(os.Environ(),
		"PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home,
		"BRIDGELOG_SERVER="+running.Endpoints.GRPC, "BRIDGELOG_TOKEN="+running.Endpoints.Token, "BRIDGELOG_INTAKE="+running.Endpoints.Intake,
	)}
}

// take runs a script, or writes a file.
func (r *runner) take(t *testing.T, block docs.Block) {
	t.Helper()
	if block.File != "" {
		if err := os.WriteFile(filepath.Join(r.dir, block.File), []byte(block.Text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !block.Run() {
		return
	}
	shell := exec.CommandContext(t.Context(), "bash", "-euxo", "pipefail", "-c", block.Text)
	shell.Dir, shell.Env = r.dir, r.env
	printed, err := shell.Output()
	if err != nil {
		stderr := ""
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			stderr = string(exit.Stderr)
		}
		t.Fatalf("line %d: %v\n%s%s", block.Line, err, stderr, printed)
	}
	r.printed = string(printed)
}

// compare holds what was printed last against what the document shows.
func (r *runner) compare(t *testing.T, shown docs.Block) {
	t.Helper()
	if !docs.Matches(shown.Text, r.printed) {
		t.Errorf("line %d shows\n%s\nprinted was\n%s", shown.Line, shown.Text, r.printed)
	}
}
