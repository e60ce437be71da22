package host

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
)

// freeBytes is the room on the disk of a directory that may not exist yet.
func freeBytes(dir string) (int64, error) {
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * stat.Bsize, nil
}

// reservedBytes is the room on the disk of an embedded server that is left alone. A
// server that meets a full disk stops serving its streams until it is started again.
const reservedBytes = 64 << 20

// roomKnownFor is how long the answer of one look at the disk counts: in so short a
// time nobody writes as much as is left alone.
const roomKnownFor = 20 * time.Millisecond

// roomCheck tells whether the disk of the embedded server can take more; nil when
// the server is external and its disk is not known.
func (s *Settings) roomCheck() func() bool {
	if s.NATSURL != "" {
		return nil
	}
	dir := s.DataDir
	return remembered(roomKnownFor, time.Now, func() bool {
		free, err := freeBytes(dir)
		return err != nil || free >= reservedBytes // what cannot be known stands in nobody's way
	})
}

// remembered asks again only when the last answer is older than age. Callers that come
// together may ask more than once. It is safe for concurrent use if ask is.
func remembered(age time.Duration, now func() time.Time, ask func() bool) func() bool {
	type answer struct {
		at time.Time
		is bool
	}
	var last atomic.Pointer[answer]
	return func() bool {
		asked := now()
		if a := last.Load(); a != nil && asked.Sub(a.at) < age {
			return a.is
		}
		a := &answer{at: asked, is: ask()}
		last.Store(a)
		return a.is
	}
}

// storedBytes is the size of what a directory holds; 0 when it does not exist.
func storedBytes(dir string) int64 {
	var total int64
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // What cannot be read is not counted.
		}
		if info, err := entry.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
