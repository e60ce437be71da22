package web

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
)

// Pages are all pages, rendered. Reading them takes no lock.
type Pages struct {
	base   string // public URL of the first page, without a slash at the end
	logger *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	docs    map[string]*statusv1.PageDocument
	staleAt time.Time // when contact was lost; zero: it was not

	files   atomic.Pointer[map[string]site.File]
	changed atomic.Int64 // when the newest document arrived, nanoseconds since 1970
}

// NewPages returns pages without a document. base is the public URL.
func NewPages(base string, logger *slog.Logger) *Pages {
	p := &Pages{base: base, logger: logger, now: time.Now, docs: map[string]*statusv1.PageDocument{}}
	p.files.Store(&map[string]site.File{})
	return p
}

// Set replaces a page's document and renders. The first page by name stands at
// "/", every page at "/pages/NAME/".
func (p *Pages) Set(doc *statusv1.PageDocument) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if public.Gone(doc) {
		delete(p.docs, doc.GetName())
	} else {
		p.docs[doc.GetName()] = doc
	}
	p.changed.Store(p.now().UnixNano())
	p.renderAll()
}

// SetStale says since when contact is lost; the zero time says that it is back.
func (p *Pages) SetStale(since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.staleAt.Equal(since) {
		return
	}
	p.staleAt = since
	p.renderAll()
}

// renderAll renders every page. A page that cannot be rendered keeps its files.
func (p *Pages) renderAll() {
	stale := int64(0)
	if !p.staleAt.IsZero() {
		stale = p.staleAt.UnixMicro()
	}
	before := *p.files.Load()
	files := make(map[string]site.File, len(before))
	for n, name := range slices.Sorted(maps.Keys(p.docs)) {
		doc := p.docs[name]
		prefixes := []string{"/pages/" + name}
		if n == 0 {
			prefixes = append(prefixes, "")
		}
		for _, prefix := range prefixes {
			rendered, err := site.Render(doc, site.Options{Base: p.baseOf(doc, prefix), StaleAt: stale})
			if err != nil {
				p.logger.Error("a page cannot be rendered", "page", name, "error", err)
				continue
			}
			for path, file := range rendered {
				files[prefix+path] = file
			}
		}
	}
	p.files.Store(&files)
}

// baseOf is where links of a page lead: its own URL if it says one, else ours.
func (p *Pages) baseOf(doc *statusv1.PageDocument, prefix string) string {
	if doc.GetUrl() != "" && prefix == "" {
		return strings.TrimRight(doc.GetUrl(), "/")
	}
	return p.base + prefix
}

// file returns what stands at a path.
func (p *Pages) file(path string) (site.File, bool) {
	f, ok := (*p.files.Load())[path]
	return f, ok
}

// Changed is when the newest document arrived; zero before the first.
func (p *Pages) Changed() time.Time {
	if ns := p.changed.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// Check tells whether there is anything to serve.
func (p *Pages) Check() error {
	if _, ok := p.file("/"); !ok {
		return fmt.Errorf("no page has been published yet")
	}
	return nil
}
