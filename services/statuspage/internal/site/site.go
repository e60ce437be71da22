package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
)

// File is one thing that is served. It does not change.
type File struct {
	// Type is the Content-Type.
	Type string
	// Body is what is served; nobody may change it.
	Body []byte
	// ETag is a strong validator, quotes included.
	ETag string

	zipped *func() []byte
}

// Zipped is the body in gzip, computed once; nil when that saves nothing.
func (f File) Zipped() []byte {
	if f.zipped == nil {
		return nil
	}
	return (*f.zipped)()
}

// Options of a rendering.
type Options struct {
	// Base is where the page is, without a slash at the end: its public URL.
	Base string
	// StaleAt is as of when the page is right, if it is old; zero when it is not.
	// It is said on the pages for people.
	StaleAt time.Time
}

// Types of what is served.
const (
	typeHTML = "text/html; charset=utf-8"
	typeJSON = "application/json; charset=utf-8"
	typeAtom = "application/atom+xml; charset=utf-8"
	typeRSS  = "application/rss+xml; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
)

// Site renders one page at one time.
type Site struct {
	page  *page.Page
	v2    v2
	stale int64
	looks looks
}

// New prepares the rendering of a page.
func New(p *page.Page, o Options) (*Site, error) {
	looks, err := templates(p.Zone)
	if err != nil {
		return nil, err
	}
	s := &Site{page: p, v2: newV2(p, o.Base), looks: looks}
	if !o.StaleAt.IsZero() {
		s.stale = o.StaleAt.UnixMicro()
	}
	return s, nil
}

// Files renders everything that is asked for often, by path: the page, the lists
// of the API, the feeds.
func (s *Site) Files() (map[string]File, error) {
	files := map[string]File{"/style.css": file(typeCSS, style)}
	documents, err := s.v2.files()
	if err != nil {
		return nil, err
	}
	for path, encoded := range documents {
		files[path] = file(typeJSON, encoded)
	}
	atom, err := s.v2.atom()
	if err != nil {
		return nil, err
	}
	files["/history.atom"] = file(typeAtom, atom)
	rss, err := s.v2.rss()
	if err != nil {
		return nil, err
	}
	files["/history.rss"] = file(typeRSS, rss)
	front, err := s.front()
	if err != nil {
		return nil, err
	}
	files["/"] = file(typeHTML, front)
	return files, nil
}

// zipFrom is the size in bytes from which compression is worth it.
const zipFrom = 1024

func file(contentType string, body []byte) File {
	sum := sha256.Sum256(body)
	f := File{Type: contentType, Body: body, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`}
	if len(body) >= zipFrom {
		zipped := sync.OnceValue(func() []byte { return zip(body) })
		f.zipped = &zipped
	}
	return f
}

func zip(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // A buffer takes everything.
	_ = w.Close()
	return out.Bytes()
}
