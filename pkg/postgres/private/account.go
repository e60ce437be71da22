package private

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// account is who the server runs as. PostgreSQL refuses to run as root.
type account struct {
	// other is true when it is not the account of this process.
	other    bool
	uid, gid uint32
}

// findAccount returns this process's account, or for root an unprivileged one.
func findAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("look up account %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("look up account %s: %w", name, err)
		}
		return account{other: true, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return account{}, errors.New("run PostgreSQL as root: there is neither an account postgres nor nobody: start as another user or pass --database-url")
}

// own gives a directory to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}
