package client

import (
	"fmt"
	"os"
	"path/filepath"
)

// WriteFile replaces a file at once, with mode 0600, and makes its directory
// with mode 0700: a reader sees the old content or the new, never half.
func WriteFile(path string, data []byte) error { return replace(path, data, true) }

// replace is WriteFile; unless durable, a loss of power may leave an empty file.
func replace(path string, data []byte, durable bool) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	temporary, err := os.CreateTemp(dir, ".tmp-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(data)
	if err == nil && durable {
		err = temporary.Sync()
	}
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
