package private

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pollEvery is how often a file or process of the server is looked at.
const pollEvery = 5 * time.Millisecond

// pidFile is the server's own lock file. Its lines: process id, directory, start
// time, port, socket directory, address, shared memory key, state.
type pidFile struct {
	pid   int
	port  int
	ready bool
}

// readPidFile returns the zero value when there is no complete file.
func readPidFile(data string) (pidFile, error) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return pidFile{}, nil
	}
	if err != nil {
		return pidFile{}, fmt.Errorf("read postmaster.pid: %w", err)
	}
	return parsePidFile(string(text)), nil
}

// parsePidFile reads what is there. A file that is being written has fewer lines;
// what is missing, or is no id of a process, stays zero: signals to numbers below it
// would reach others.
func parsePidFile(text string) pidFile {
	lines := strings.Split(text, "\n")
	number := func(line, most int) int {
		if line >= len(lines) {
			return 0
		}
		n, err := strconv.Atoi(strings.TrimSpace(lines[line]))
		if err != nil || n < 0 || n > most {
			return 0
		}
		return n
	}
	return pidFile{
		pid: number(0, math.MaxInt32), port: number(3, math.MaxUint16),
		ready: len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready",
	}
}

// stopOrphan ends the server that a killed parent left behind in data, cleanly
// if it can be, and removes its lock file. The caller holds the directory's lock,
// so nobody else needs that server.
func stopOrphan(ctx context.Context, data string, patience time.Duration) (found bool, err error) {
	f, err := readPidFile(data)
	if err != nil || f.pid == 0 {
		return false, err
	}
	if runsIn(f.pid, data) {
		found = true
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
			// It may have ended in between; the loop below sees that.
			_ = syscall.Kill(f.pid, signal)
			if err := waitUntil(ctx, patience, func() bool { return !runsIn(f.pid, data) }); err == nil {
				break
			} else if ctx.Err() != nil {
				return true, fmt.Errorf("stop orphaned server: %w", err)
			}
		}
	}
	err = os.Remove(filepath.Join(data, "postmaster.pid"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return found, fmt.Errorf("remove stale postmaster.pid: %w", err)
	}
	return found, nil
}

// waitUntil looks again and again until done says so, ctx ends, or the time is
// up, which is context.DeadlineExceeded.
func waitUntil(ctx context.Context, patience time.Duration, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
