//go:build unix

package private

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// acquire takes the lock file, which the kernel lets go when the process ends,
// however it ends. It returns [ErrInUse] when another process holds it.
func acquire(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock database directory: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrInUse
	}
	return nil, fmt.Errorf("lock database directory: %w", err)
}
