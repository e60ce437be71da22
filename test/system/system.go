package system

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// ReadyTimeout bounds the start of a system, with the race detector on a busy
// machine.
const ReadyTimeout = 90 * time.Second

// Endpoints is what endpoints.json says.
type Endpoints struct {
	// GRPC is HOST:PORT.
	GRPC string `json:"grpc"`
	// API, Statuspage, Intake and Metrics are URLs.
	API        string `json:"api"`
	Statuspage string `json:"statuspage"`
	Intake     string `json:"intake"`
	Metrics    string `json:"metrics"`
	// NATS and Database are URLs with their logins.
	NATS     string `json:"nats"`
	Database string `json:"database"`
	// Token is the admin's.
	Token string `json:"token"`
	// PID is the process of `up`.
	PID int `json:"pid"`
}

// System is one running `bridgelog up`.
type System struct {
	// Dir is its data directory.
	Dir string
	// Endpoints is where it can be reached.
	Endpoints Endpoints

	process
	args  []string
	env   []string
	extra string
}

// Options of a system.
type Options struct {
	// Dir is the data directory; empty: one of the test's own.
	Dir string
	// Args are added to `up --ports auto --data-dir DIR`.
	Args []string
	// Env is added to the environment, as NAME=value.
	Env []string
}

// Up starts a system and waits until it is ready. It is stopped at the end of
// the test.
func Up(t testing.TB, options Options) *System {
	t.Helper()
	if options.Dir == "" {
		options.Dir = dataDir(t)
	}
	s := &System{Dir: options.Dir, process: process{name: "up", binary: Binary(t)}, args: options.Args, env: options.Env}
	s.Start(t)
	t.Cleanup(func() { s.end() })
	return s
}

// dataDir is a directory that an unprivileged Postgres can reach: t.TempDir is
// closed to other users.
func dataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bridgelog-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { // Postgres runs as another user when we are root.
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// Start runs `up` again on the same directory.
func (s *System) Start(t testing.TB) {
	t.Helper()
	s.Launch(t)
	s.awaitReady(t)
	s.readEndpoints(t)
}

func (s *System) readEndpoints(t testing.TB) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(s.Dir, "endpoints.json"))
	if err != nil {
		t.Fatalf("ready, but without endpoints: %v", err)
	}
	if err := json.Unmarshal(content, &s.Endpoints); err != nil {
		t.Fatalf("endpoints.json: %v", err)
	}
}

// Env sets one NAME=value of the environment of later starts, or takes it away.
func (s *System) Env(assignment string) { s.extra = assignment }

// Problem waits until a launched `up` is ready, and returns "", or has ended, and
// returns what it said.
func (s *System) Problem(t testing.TB) string {
	t.Helper()
	deadline := time.Now().Add(ReadyTimeout)
	for !s.stderr.contains("ready") {
		select {
		case <-s.exited:
			return fmt.Sprintf("it ended: %v\n%s", s.err, s.stderr)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Sprintf("it is not ready after %s\n%s", ReadyTimeout, s.stderr)
		}
	}
	s.readEndpoints(t)
	return ""
}

// Launch runs `up` without waiting for it.
func (s *System) Launch(t testing.TB) {
	t.Helper()
	env := s.env
	if s.extra != "" {
		env = append(slices.Clone(env), s.extra)
	}
	s.launch(t, append(os.Environ(), env...), append([]string{"up", "--ports", "auto", "--data-dir", s.Dir}, s.args...)...)
}

// Result is how a client command ended.
type Result struct {
	// Stdout and Stderr are what it printed.
	Stdout, Stderr string
	// Code is its exit code.
	Code int
}

// String shows the whole result in a failure.
func (r Result) String() string {
	return fmt.Sprintf("exit %d\nstdout: %s\nstderr: %s", r.Code, r.Stdout, r.Stderr)
}

// Try runs a client command against the system, as an account of its own.
func (s *System) Try(t testing.TB, args ...string) Result {
	t.Helper()
	return try(t, s.Endpoints.GRPC, s.Endpoints.Token, s.Dir, args)
}

// try runs a client command with the patience that a busy machine needs.
func try(t testing.TB, server, token, dir string, args []string) Result {
	t.Helper()
	return Run(t, []string{
		"BRIDGELOG_SERVER=" + server, "BRIDGELOG_TOKEN=" + token, "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"),
		"XDG_DATA_HOME=" + filepath.Join(dir, "client"), "XDG_STATE_HOME=" + filepath.Join(dir, "state"),
	}, append([]string{"--timeout=1m"}, args...)...)
}

// Do runs a client command that has to succeed and returns its output.
func (s *System) Do(t testing.TB, args ...string) string {
	t.Helper()
	result := s.Try(t, args...)
	if result.Code != 0 {
		t.Fatalf("bridgelog %s: %s", strings.Join(args, " "), result)
	}
	return result.Stdout
}

// JSON runs a client command with -o json and decodes its output.
func (s *System) JSON(t testing.TB, into any, args ...string) {
	t.Helper()
	stdout := s.Do(t, append(args, "-o", "json")...)
	if err := json.Unmarshal([]byte(stdout), into); err != nil {
		t.Fatalf("bridgelog %s -o json printed no JSON: %v\n%s", strings.Join(args, " "), err, stdout)
	}
}

// Run runs the binary with an environment added to the test's.
func Run(t testing.TB, env []string, args ...string) Result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(Client(t), args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), env...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run bridgelog: %v", err)
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
}
