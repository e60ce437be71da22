package natsserver

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockDir takes an advisory lock that the kernel gives up when the process ends,
// however it ends. Two servers on one store would destroy it.
func lockDir(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		closeErr := f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrInUse
		}
		return nil, errors.Join(err, closeErr)
	}
	return f, nil
}

// unlock gives up the lock; the kernel does so too when the file is closed.
func (s *Server) unlock() {
	_ = s.lock.Close() // nothing was written
}
