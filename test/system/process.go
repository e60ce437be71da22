package system

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the binary at work, which can be ended cleanly or by SIGKILL and
// started again.
type process struct {
	name   string // in failures
	binary string
	cmd    *exec.Cmd
	stderr *output
	exited chan struct{}
	err    error // how it ended, once exited is closed
}

// launch runs the binary without waiting for it.
func (p *process) launch(t testing.TB, env []string, args ...string) {
	t.Helper()
	p.stderr = &output{}
	cmd := exec.Command(p.binary, args...)
	cmd.Stderr = p.stderr
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	p.cmd, p.exited = cmd, exited
	go func() { p.err = cmd.Wait(); close(exited) }()
}

// awaitReady waits for the line "ready".
func (p *process) awaitReady(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(ReadyTimeout)
	for !p.stderr.contains("ready") {
		select {
		case <-p.exited:
			t.Fatalf("%s ended before it was ready: %v\n%s", p.name, p.err, p.stderr)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.end()
			t.Fatalf("%s is not ready after %s\n%s", p.name, ReadyTimeout, p.stderr)
		}
	}
}

// Stop sends SIGINT and waits for a clean end, which is exit code 0.
func (p *process) Stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatalf("interrupt: %v", err)
	}
	if err := p.Wait(t); err != nil {
		t.Fatalf("%s did not stop cleanly: %v\n%s", p.name, err, p.stderr)
	}
}

// Kill ends the process with SIGKILL, which it cannot notice.
func (p *process) Kill(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("kill: %v", err)
	}
	_ = p.Wait(t)
}

// Wait waits until the process has ended and returns how.
func (p *process) Wait(t testing.TB) error {
	t.Helper()
	select {
	case <-p.exited:
		return p.err
	case <-time.After(ReadyTimeout):
		p.end()
		t.Fatalf("%s did not end within %s\n%s", p.name, ReadyTimeout, p.stderr)
		return nil
	}
}

func (p *process) end() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.exited:
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// Stderr is what the process has printed so far.
func (p *process) Stderr() string { return p.stderr.String() }

// output collects what a process prints while others read it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *output) contains(word string) bool {
	for line := range strings.Lines(o.String()) {
		if strings.HasPrefix(line, word) {
			return true
		}
	}
	return false
}
