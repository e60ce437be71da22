//go:build linux

package private

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// anchor is what the server calls the directory that it is given as descriptor 3:
// it works even where the account cannot walk the path.
const anchor = "/proc/self/fd/3"

// attach makes cmd run as the account, in a process group of its own so that
// Ctrl-C reaches it through us only, with dir as descriptor 3, and lets the
// kernel ask it for a fast stop should this process be killed. It returns the
// name under which the process finds dir. The caller closes the descriptor.
//
// The kernel watches the thread that starts the process: it has to live as long
// as the process is to.
func attach(cmd *exec.Cmd, who account, dir string) (string, *os.File, error) {
	opened, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	cmd.ExtraFiles = []*os.File{opened}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if who.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.uid, Gid: who.gid}
	}
	return anchor, opened, nil
}

// runsIn tells whether the process with this id runs and has dir as its working
// directory, which a server changes to.
func runsIn(pid int, dir string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	target, err := filepath.EvalSymlinks(dir)
	return err == nil && cwd == target
}

// settle writes a directory's file system to disk, which is quicker than one
// sync for each of the thousand files of a new cluster.
func settle(dir string) error {
	opened, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer opened.Close() //nolint:errcheck // Opened for reading.
	return unix.Syncfs(int(opened.Fd()))
}
