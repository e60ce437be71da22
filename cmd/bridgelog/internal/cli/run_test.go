package cli_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestACommandIsRunAndRecorded(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns 502", "-s", "SEV-2", "--detach")
	s.in = "from the input\n"
	r := s.run("run", "INC-1", "--", "sh", "-c", `cat; echo "\033[31mto stdout\033[0m"; echo to stderr >&2; exit 3`)
	s.in = ""
	if r.code != 3 || !strings.Contains(r.out, "from the input\n") || !strings.Contains(r.out, "to stdout") || !strings.Contains(r.err, "to stderr\n") {
		t.Fatalf("exit %d, out %q, err %q", r.code, r.out, r.err)
	}
	if strings.Contains(r.out, "written to") || !strings.Contains(r.err, "written to INC-1 as entry #2") {
		t.Errorf("out %q, err %q", r.out, r.err)
	}
	got := s.ok("timeline", "1").out
	for _, want := range []string{"Ran a command: exit 3 after", "$ sh -c 'cat; echo", "from the input", "to stdout", "to stderr"} {
		if !strings.Contains(got, want) {
			t.Errorf("the timeline does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Errorf("the timeline steers the terminal: %q", got)
	}
}

func TestSecretsOfACommandAreNotRecorded(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns 502", "--detach")
	r := s.ok("run", "1", "--", "echo", "--password=hunter22", "postgres://app:s3cr3t!@db/app")
	if !strings.Contains(r.out, "hunter22") || !strings.Contains(r.err, "secrets taken out: 4") {
		t.Errorf("out %q, err %q", r.out, r.err)
	}
	got := s.ok("timeline", "1", "-o", "json").out
	if strings.Contains(got, "hunter22") || strings.Contains(got, "s3cr3t") || !strings.Contains(got, "[redacted]") {
		t.Errorf("the timeline says %s", got)
	}
}

func TestLongOutputIsCutInTheMiddle(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns 502", "--detach")
	r := s.ok("run", "1", "--", "sh", "-c", "echo first; i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890; i=$((i+1)); done; echo last")
	if len(r.out) < 90_000 {
		t.Errorf("only %d bytes came through", len(r.out))
	}
	got := s.ok("timeline", "1").out
	for _, want := range []string{"output cut", "first", "bytes left out", "last"} {
		if !strings.Contains(got, want) {
			t.Errorf("the timeline does not say %q", want)
		}
	}
}

func TestACommandRunsWhenTheSystemIsAway(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	s.ok("declare", "Checkout returns 502", "--detach")
	away := sys
	away.address = "127.0.0.1:1"
	s.on(away)
	r := s.run("run", "1", "--", "sh", "-c", "echo done anyway; exit 7")
	if r.code != 7 || r.out != "done anyway\n" || !strings.Contains(r.err, "kept on disk") {
		t.Fatalf("exit %d, out %q, err %q", r.code, r.out, r.err)
	}
	s.on(sys)
	if r := s.ok("timeline", "1"); !strings.Contains(r.out, "done anyway") || !strings.Contains(r.err, "sent the entry of a command") {
		t.Errorf("out %q, err %q", r.out, r.err)
	}
	if r := s.ok("timeline", "1"); strings.Count(r.out, "done anyway") != 2 || strings.Contains(r.err, "sent the entry") {
		t.Errorf("again: out %q, err %q", r.out, r.err)
	}
}

func TestCommandsThatCannotBeRun(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns 502", "--detach")
	if r := s.run("run", "1", "--", "no-such-command-anywhere"); r.code != 127 || !strings.Contains(r.err, "written to INC-1") {
		t.Errorf("exit %d, err %q", r.code, r.err)
	}
	if r := s.run("run", "1", "--", t.TempDir()); r.code != 126 {
		t.Errorf("exit %d, err %q", r.code, r.err)
	}
	if r := s.run("run", "1", "--", "sh", "-c", "kill -9 $$"); r.code != 128+9 {
		t.Errorf("exit %d, err %q", r.code, r.err)
	}
	if r := s.run("run", "99", "--", "true"); r.code != 0 || !strings.Contains(r.err, "is not on the timeline") {
		t.Errorf("exit %d, err %q", r.code, r.err)
	}
	s.fails(2, "Put it behind --", "run", "1", "true")
	s.fails(2, "Put it behind --", "run", "1", "--")
	s.fails(2, "before --", "run", "1", "2", "--", "true")
}

// Ctrl-C is for the command, and what came of it is written all the same.
func TestCtrlCReachesTheCommandAndTheEntryIsWritten(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns 502", "--detach")
	binary := filepath.Join(t.TempDir(), "bridgelog")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/bridgelog/bridgelog/cmd/bridgelog").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c := exec.Command(binary, "--data-dir", s.dataDir(), "run", "1", "--", "sh", "-c", `trap 'echo interrupted; exit 5' INT; echo waiting; while :; do sleep 0.05; done`)
	c.Env = append(os.Environ(), "HOME="+s.home)
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len("waiting\n"))
	if _, err := io.ReadFull(stdout, first); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second one must not end bridgelog either
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != 5 {
		t.Errorf("exit %d, want that of the command", code)
	}
	if got := s.ok("timeline", "1").out; !strings.Contains(got, "interrupted") || !strings.Contains(got, "exit 5") {
		t.Errorf("the timeline says %s", got)
	}
}
