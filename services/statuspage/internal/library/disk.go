package library

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Disk keeps a copy of every document in a directory, one file each.
type Disk struct {
	// Dir is made when it is missing.
	Dir string
}

// Endings of files, and the name of the one that says how old the copy is.
const (
	endPage     = ".page"
	endIncident = ".incident"
	markFile    = "as-of"
	partial     = ".partial"
)

// SavePage replaces the file of a page in one step; nil removes it.
func (d Disk) SavePage(name string, doc *statusv1.PageDocument) error {
	if doc == nil {
		return d.remove(name + endPage)
	}
	return d.save(name+endPage, doc)
}

// SaveIncident replaces the file of an incident in one step; nil removes it.
func (d Disk) SaveIncident(id string, doc *statusv1.IncidentDocument) error {
	if doc == nil {
		return d.remove(id + endIncident)
	}
	return d.save(id+endIncident, doc)
}

// SaveMark says as of when the copy is right.
func (d Disk) SaveMark(asOf time.Time) error {
	return d.save(markFile, &statusv1.RelayMark{AsOfUs: asOf.UnixMicro()})
}

func (d Disk) save(name string, doc proto.Message) error {
	data, err := proto.Marshal(doc)
	if err == nil {
		err = d.write(name, data)
	}
	if err != nil {
		return fmt.Errorf("copy %s to disk: %w", name, err)
	}
	return nil
}

// write puts a file in the place of the one before, or leaves that as it is.
func (d Disk) write(name string, data []byte) error {
	path := d.path(name)
	err := os.WriteFile(path+partial, data, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(d.Dir, 0o750); err == nil {
			err = os.WriteFile(path+partial, data, 0o600)
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(path+partial, path)
}

func (d Disk) remove(name string) error {
	if err := os.Remove(d.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the copy of %s: %w", name, err)
	}
	return nil
}

func (d Disk) path(name string) string { return filepath.Join(d.Dir, url.PathEscape(name)) }

// Load returns what is on disk, and as of when it is right; the zero time when
// that is not known. Files that cannot be read are passed over: an old page is
// better than none. What an interrupted write left is removed.
func (d Disk) Load() (l *Library, asOf time.Time) {
	l = New()
	entries, err := os.ReadDir(d.Dir)
	if err != nil {
		return l, time.Time{}
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), partial) {
			_ = os.Remove(filepath.Join(d.Dir, entry.Name())) // The next write replaces it.
			continue
		}
		name, err := url.PathUnescape(entry.Name())
		if err != nil || entry.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(d.Dir, entry.Name()))
		if err != nil {
			continue
		}
		if at := l.add(name, data); !at.IsZero() {
			asOf = at
		}
	}
	return l, asOf
}

// add takes one file, and returns the time when it is the one that says it.
func (l *Library) add(name string, data []byte) (asOf time.Time) {
	if page, ok := strings.CutSuffix(name, endPage); ok {
		doc := &statusv1.PageDocument{}
		if proto.Unmarshal(data, doc) == nil && doc.GetId() != "" {
			l.SetPage(page, doc)
		}
	} else if id, ok := strings.CutSuffix(name, endIncident); ok {
		doc := &statusv1.IncidentDocument{}
		if proto.Unmarshal(data, doc) == nil && doc.GetId() != "" {
			_ = l.SetIncident(id, doc) // It was just decoded.
		}
	} else if name == markFile {
		mark := &statusv1.RelayMark{}
		if proto.Unmarshal(data, mark) == nil && mark.GetAsOfUs() > 0 {
			return time.UnixMicro(mark.GetAsOfUs())
		}
	}
	return time.Time{}
}
