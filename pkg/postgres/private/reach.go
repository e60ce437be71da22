package private

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// shelf is where copies of an installation lie. Only root can write there.
const shelf = "/var/lib/bridgelog"

// reachable returns binaries that the account can run: the given ones, or a copy
// of their installation when a directory above them is closed to it, as it is
// for a package below /root.
func reachable(b Binaries, who account) (Binaries, error) {
	if !who.other || open(b.Dir, who) {
		return b, nil
	}
	dir, err := shelve(filepath.Dir(b.Dir), shelf)
	if err != nil {
		return Binaries{}, fmt.Errorf("the account of the database server cannot reach %s: install PostgreSQL for everybody: %w", b.Dir, err)
	}
	copied := filepath.Join(dir, "bin")
	if !open(copied, who) {
		return Binaries{}, fmt.Errorf("the account of the database server can reach neither %s nor %s: install PostgreSQL for everybody", b.Dir, copied)
	}
	return Binaries{Dir: copied, Major: b.Major}, nil
}

// open tells whether the account may walk down to a directory.
func open(dir string, who account) bool {
	for path := filepath.Clean(dir); ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err != nil || !searchable(info, who) {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
	}
}

func searchable(info fs.FileInfo, who account) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	mode := info.Mode().Perm()
	switch {
	case stat.Uid == who.uid:
		return mode&0o100 != 0
	case stat.Gid == who.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

// shelve copies an installation to a directory below shelf that is named after
// where it came from and which build it is, once, and returns that directory.
func shelve(installation, shelf string) (string, error) {
	program, err := os.Stat(filepath.Join(installation, "bin", "postgres"))
	if err != nil {
		return "", fmt.Errorf("copy PostgreSQL: %w", err)
	}
	name := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", installation, program.Size(), program.ModTime().UnixNano()))
	target := filepath.Join(shelf, "postgres-"+hex.EncodeToString(name[:6]))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := os.MkdirAll(shelf, 0o755); err != nil { //nolint:gosec // Programs that another account runs.
		return "", fmt.Errorf("copy PostgreSQL: %w", err)
	}
	making, err := os.MkdirTemp(shelf, ".copy-")
	if err != nil {
		return "", fmt.Errorf("copy PostgreSQL: %w", err)
	}
	defer os.RemoveAll(making) //nolint:errcheck // Gone already when all went well.
	if err := os.CopyFS(filepath.Join(making, "tree"), os.DirFS(installation)); err != nil {
		return "", fmt.Errorf("copy PostgreSQL: %w", err)
	}
	if err := os.Rename(filepath.Join(making, "tree"), target); err != nil {
		if _, there := os.Stat(target); there == nil {
			return target, nil
		}
		return "", fmt.Errorf("copy PostgreSQL: %w", err)
	}
	return target, nil
}
