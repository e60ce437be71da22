//go:build unix && !linux

package private

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// attach makes cmd run as the account, in a process group of its own so that
// Ctrl-C reaches it through us only. It returns the name under which the process
// finds dir; there is no descriptor to close.
func attach(cmd *exec.Cmd, who account, dir string) (string, *os.File, error) {
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if who.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.uid, Gid: who.gid}
	}
	return dir, nil, nil
}

// runsIn tells whether the process with this id is a PostgreSQL server: the
// process id comes from the server's own lock file in dir.
func runsIn(pid int, _ string) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	out, err := exec.Command("ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec,noctx // A number; ends at once.
	return err == nil && strings.Contains(string(out), "postgres")
}

// settle flushes the file system caches.
func settle(string) error {
	syscall.Sync()
	return nil
}
