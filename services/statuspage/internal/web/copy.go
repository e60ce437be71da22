package web

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
)

// Copy keeps rendered pages in a directory, for a web server of another kind or to
// be carried to another place. It is not safe for concurrent use.
type Copy struct {
	// Dir is made when it is missing.
	Dir string

	written map[string]string // tags by path
}

// Save writes what changed, each file in one step, and removes what is not there
// any more.
func (c *Copy) Save(files map[string]site.File) error {
	if c.written == nil {
		c.written = c.found()
	}
	var problems []error
	for path := range c.written {
		if _, ok := files[path]; ok {
			continue
		}
		if err := os.Remove(c.path(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
			continue
		}
		delete(c.written, path)
	}
	for path, f := range files {
		if c.written[path] == f.ETag {
			continue
		}
		if err := c.write(path, f.Body); err != nil {
			problems = append(problems, err)
			continue
		}
		c.written[path] = f.ETag
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("copy the rendered pages: %w", err)
	}
	return nil
}

// found are the files that are there, with tags that nothing has, so that they are
// written anew or removed.
func (c *Copy) found() map[string]string {
	found := map[string]string{}
	_ = filepath.WalkDir(c.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if name, err := filepath.Rel(c.Dir, path); err == nil && name != "." {
				found[filepath.ToSlash(name)] = ""
			}
		}
		return nil // What cannot be listed cannot be served either.
	})
	return found
}

func (c *Copy) path(name string) string { return filepath.Join(c.Dir, filepath.FromSlash(name)) }

// write replaces a file. Everybody may read it: it is public.
func (c *Copy) write(name string, body []byte) error {
	path := c.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // Public.
		return err
	}
	if err := os.WriteFile(path+partial, body, 0o644); err != nil { //nolint:gosec // Public.
		return err
	}
	return os.Rename(path+partial, path)
}

// partial ends the name of a file that is being written.
const partial = ".partial"
