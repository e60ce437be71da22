package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// ErrInUse: another process runs on the data directory.
var ErrInUse = errors.New("the data directory is in use")

// lockDir creates the data directory and takes it for this process. The lock
// goes with the process, however that ends.
func lockDir(dataDir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dataDir, 0o711); err != nil { //nolint:gosec // PostgreSQL's account passes through it; nobody lists it.
		return nil, &SettingError{"data-dir", fmt.Sprintf("cannot be created: %v", err)}
	}
	lock := flock.New(filepath.Join(dataDir, "lock"), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, &SettingError{"data-dir", fmt.Sprintf("cannot be locked: %v", err)}
	}
	if !taken {
		return nil, fmt.Errorf("%w: bridgelog%s already runs on %s; stop it first, or give another --data-dir", ErrInUse, holder(dataDir), dataDir)
	}
	pid := strconv.Itoa(os.Getpid())
	if err := os.WriteFile(filepath.Join(dataDir, "pid"), []byte(pid+"\n"), 0o600); err != nil {
		return nil, errors.Join(&SettingError{"data-dir", fmt.Sprintf("cannot be written to: %v", err)}, lock.Unlock())
	}
	return lock, nil
}

// holder names the process that has the lock, when it left its number.
func holder(dataDir string) string {
	content, err := os.ReadFile(filepath.Join(dataDir, "pid"))
	if err != nil {
		return ""
	}
	return " (process " + strings.TrimSpace(string(content)) + ")"
}
