package web

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
)

// suffix ends the name of a document's file.
const suffix = ".page"

// Disk keeps the last document of each page in a directory, so that a start
// without any other part of the system has something to serve.
type Disk struct {
	// Dir is made when it is missing.
	Dir string
}

// Save replaces a document's file in one step, or removes the file of a page that
// is gone.
func (d Disk) Save(doc *statusv1.PageDocument) error {
	path := filepath.Join(d.Dir, filepath.Base(doc.GetName())+suffix)
	if public.Gone(doc) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove copy of page %s: %w", doc.GetName(), err)
		}
		return nil
	}
	data, err := proto.Marshal(doc)
	if err != nil {
		return fmt.Errorf("copy page %s: %w", doc.GetName(), err)
	}
	if err := os.MkdirAll(d.Dir, 0o750); err != nil {
		return fmt.Errorf("copy page %s: %w", doc.GetName(), err)
	}
	partial := path + ".partial"
	if err := os.WriteFile(partial, data, 0o600); err != nil {
		return fmt.Errorf("copy page %s: %w", doc.GetName(), err)
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("copy page %s: %w", doc.GetName(), err)
	}
	return nil
}

// Load returns the documents on disk and when the newest was written. Files that
// cannot be read are passed over: an old page is better than none.
func (d Disk) Load() (docs []*statusv1.PageDocument, newest time.Time) {
	entries, err := os.ReadDir(d.Dir)
	if err != nil {
		return nil, time.Time{}
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), suffix) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(d.Dir, entry.Name()))
		doc := &statusv1.PageDocument{}
		if err != nil || proto.Unmarshal(data, doc) != nil {
			continue
		}
		docs = append(docs, doc)
		if info, err := entry.Info(); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return docs, newest
}
