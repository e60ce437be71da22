package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// instance is one private `bridgelog up` in a directory of its own.
type instance struct {
	dir       string
	conn      *grpc.ClientConn
	endpoints struct {
		GRPC     string `json:"grpc"`
		Intake   string `json:"intake"`
		Metrics  string `json:"metrics"`
		Database string `json:"database"`
		Token    string `json:"token"`
		PID      int    `json:"pid"`
	}
	ready time.Duration // from the start of the process to "ready"

	cmd *exec.Cmd
}

// workspace makes a temporary data directory; remove deletes it.
func workspace() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "bridgelog-bench-")
	if err != nil {
		return "", nil, fmt.Errorf("make a directory for the benchmark: %w", err)
	}
	// Postgres runs as another user when we are root, and has to pass through.
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // See above.
		return "", nil, fmt.Errorf("make a directory for the benchmark: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// start runs this very binary on a data directory and waits until it is ready.
func start(ctx context.Context, dir string) (*instance, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find our own binary: %w", err)
	}
	i := &instance{dir: dir}
	i.cmd = exec.CommandContext(ctx, binary, "up", "--ports", "auto", "--data-dir", dir) //nolint:gosec // Ourselves.
	i.cmd.Cancel = func() error { return i.cmd.Process.Signal(os.Interrupt) }
	i.cmd.WaitDelay = 20 * time.Second
	stderr, err := i.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start an instance: %w", err)
	}
	begin := time.Now()
	if err := i.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start an instance: %w", err)
	}
	if err := awaitReady(stderr); err != nil {
		return nil, errors.Join(err, i.cmd.Wait())
	}
	i.ready = time.Since(begin)
	if err := i.connect(); err != nil {
		i.stop()
		return nil, err
	}
	return i, nil
}

// awaitReady reads until the line that begins with "ready", and goes on reading
// in the background so that the instance never blocks.
func awaitReady(stderr io.Reader) error {
	lines := bufio.NewScanner(stderr)
	var said []string
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "ready") {
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return nil
		}
		said = append(said, lines.Text())
	}
	return fmt.Errorf("the instance did not start: %s", strings.Join(said, "; "))
}

func (i *instance) connect() error {
	content, err := os.ReadFile(filepath.Join(i.dir, "endpoints.json"))
	if err != nil {
		return fmt.Errorf("find the instance: %w", err)
	}
	if err := json.Unmarshal(content, &i.endpoints); err != nil {
		return fmt.Errorf("find the instance: %w", err)
	}
	i.conn, err = rpc.Dial(i.endpoints.GRPC, i.endpoints.Token)
	return err
}

// stop ends the instance cleanly and waits.
func (i *instance) stop() {
	if i.conn != nil {
		_ = i.conn.Close()
	}
	_ = i.cmd.Process.Signal(os.Interrupt)
	_ = i.cmd.Wait()
}

// memory is the resident memory of the instance's own process in bytes; 0 where
// the system does not say.
func (i *instance) memory() float64 {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(content)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib * 1024
		}
	}
	return 0
}
