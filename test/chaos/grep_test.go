package chaos_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// erasePatience is how long what was redacted may stand in files that a checkpoint
// or an erasure in the background is to clean.
const erasePatience = patience

// gone waits until no file of a directory holds some bytes: the log and every file
// of Postgres, its write-ahead log included.
func gone(t *testing.T, dir, text string) {
	t.Helper()
	deadline := time.NewTimer(erasePatience)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		found := grep(t, dir, text)
		if len(found) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Errorf("redacted text is still in %v", found)
			return
		}
	}
}

// grep returns the files of a directory that hold some bytes. Files that vanish
// meanwhile hold nothing.
func grep(t *testing.T, dir, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
