package e2e_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// oneSentence holds that a command failed with a code and one helpful line.
func oneSentence(t *testing.T, r system.Result, code int, says string) {
	t.Helper()
	line := strings.TrimSuffix(r.Stderr, "\n")
	if r.Code != code || !strings.Contains(line, says) || strings.Contains(line, "\n") {
		t.Errorf("%s\nwant exit %d and one line with %q", r, code, says)
	}
}

func TestWrongFlagsStartNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	oneSentence(t, system.Run(t, nil, "up", "--data-dir", dir, "--port", "auto"), 2, "did you mean --ports?")
	oneSentence(t, system.Run(t, nil, "up", "--data-dir", dir, "--ports", "some"), 2, `"auto"`)
	oneSentence(t, system.Run(t, nil, "upp", "--data-dir", dir), 2, "bridgelog up")
	oneSentence(t, system.Run(t, nil, "list", "--data-dir", dir), 5, "bridgelog up")
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data directory is there: %v", err)
	}
}

func TestASecondUpIsRefused(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	s.Do(t, "declare", "Slow", "--detach")
	oneSentence(t, system.Run(t, nil, "up", "--ports", "auto", "--data-dir", s.Dir), 1, fmt.Sprintf("process %d", s.Endpoints.PID))
	if listed := s.Do(t, "list"); !strings.Contains(listed, "Slow") {
		t.Errorf("the first one lost something:\n%s", listed)
	}
}

// TestNoPostgresOnTheMachine hides the machine's Postgres from the process, where
// the system allows that.
func TestNoPostgresOnTheMachine(t *testing.T) {
	t.Parallel()
	const usual = "/usr/lib/postgresql"
	hide := fmt.Sprintf("mount -t tmpfs none %s && exec \"$@\"", usual)
	if err := exec.Command("unshare", "-m", "sh", "-c", hide, "sh", "true").Run(); err != nil {
		t.Skipf("cannot hide %s from a process: %v", usual, err)
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "bridgelog") // no binaries of Postgres lie beside it
	if err := os.Symlink(system.Binary(t), binary); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("unshare", "-m", "sh", "-c", hide, "sh", binary, "up", "--ports", "auto", "--data-dir", filepath.Join(dir, "data"))
	command.Env = append(os.Environ(), "BRIDGELOG_POSTGRES_BIN=")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	if err := command.Run(); err == nil {
		t.Fatal("it started without Postgres")
	}
	oneSentence(t, system.Result{Stderr: stderr.String(), Code: command.ProcessState.ExitCode()}, 1, "--database-url")
}

// TestCtrlCDuringAnImport interrupts an import as soon as something of it is
// there. Repeating it adds the rest, and nothing twice.
func TestCtrlCDuringAnImport(t *testing.T) {
	t.Parallel()
	const histories = 12_000
	s := system.Up(t, system.Options{})
	file := filepath.Join(t.TempDir(), "history.jsonl")
	var made strings.Builder
	for n := range histories {
		fmt.Fprintf(&made, `{"id": "h%d", "name": "Slow %d", "status": "resolved", "impact": "minor", "page_id": "pg", `+
			`"created_at": "2026-03-01T10:00:00Z", "updated_at": "2026-03-01T11:00:00Z", "incident_updates": [`+
			`{"id": "u%d", "status": "resolved", "body": "Over.", "created_at": "2026-03-01T11:00:00Z", `+
			`"updated_at": "2026-03-01T11:00:00Z", "display_at": "2026-03-01T11:00:00Z"}]}`+"\n", n, n, n)
	}
	if err := os.WriteFile(file, []byte(made.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", "statuspage", file, "--parallel", "1"}
	command := exec.Command(system.Binary(t), args...)
	command.Env = append(os.Environ(), "BRIDGELOG_SERVER="+s.Endpoints.GRPC, "BRIDGELOG_TOKEN="+s.Endpoints.Token)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() (bool, string) {
		return strings.Contains(s.Do(t, "list", "--limit", "1"), "INC-"), "the first imported incidents"
	})
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	var imported int
	if _, err := fmt.Sscanf(stdout.String(), "%d incidents imported", &imported); err != nil || imported == 0 || imported >= histories ||
		command.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "repeat the command: what is there already is not imported twice") {
		t.Fatalf("interrupted: exit %d: %s%s", command.ProcessState.ExitCode(), &stdout, &stderr)
	}
	var again struct{ Imported, Existed int }
	s.JSON(t, &again, args...)
	if again.Imported != histories-imported || again.Existed != imported {
		t.Errorf("again: %+v after %d of %d", again, imported, histories)
	}
}
