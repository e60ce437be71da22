package private

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// process is one running server.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed after err is set
	err    error
}

// launch starts the server program and returns once it runs, which is before it
// takes connections.
func launch(c cluster, b Binaries, args []string) (*process, error) {
	log, err := openLog(c.logFile())
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(b.Dir, "postgres")) //nolint:gosec,noctx // Stopped by signals, in order; FindBinaries found it.
	place, opened, err := attach(cmd, c.who, c.home())
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	cmd.Args = append(append(cmd.Args, "-D", place+"/data"), args...)
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = log, log
	p := &process{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel ends the child with the thread that started it: this one,
		// which waits for it. It is given back in the end: the children of others
		// that it started before would end with it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		started <- cmd.Start()
		if cmd.Process != nil {
			p.err = cmd.Wait()
		}
		close(p.exited)
	}()
	err = <-started
	closeErr := log.Close()
	if opened != nil {
		closeErr = errors.Join(closeErr, opened.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	return p, closeErr
}

// stop ends the server: fast, then at once, then by force, with patience for
// each, and returns when it is gone.
func (p *process) stop(patience time.Duration) error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		// A process that is gone already cannot be signalled; exited says so.
		_ = p.cmd.Process.Signal(signal)
		timer := time.NewTimer(patience)
		select {
		case <-p.exited:
			timer.Stop()
			if signal != syscall.SIGINT {
				return fmt.Errorf("stop database: it did not stop cleanly within %s and was ended", patience)
			}
			return nil
		case <-timer.C:
		}
	}
	<-p.exited
	return fmt.Errorf("stop database: it did not stop cleanly within %s and was killed", patience)
}

// maxLog is the size in bytes beyond which the server's log begins anew.
const maxLog = 8 << 20

func openLog(path string) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database log: %w", err)
	}
	return file, nil
}

// logTail returns the last lines of the server's log.
func logTail(path string) string {
	const size = 4096
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // Opened for reading.
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	buf := make([]byte, size)
	n, _ := file.ReadAt(buf, max(0, info.Size()-size))
	return lastLines(string(buf[:n]))
}
