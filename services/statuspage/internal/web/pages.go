package web

import (
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
)

// seldomKept is how many of the things that are asked for seldom are kept rendered.
const seldomKept = 512

// errNothing: there is no page to show.
var errNothing = errors.New("no page has been published yet")

// Pages are all pages, rendered. Reading them takes no lock.
type Pages struct {
	base    string // public URL of the first page, without a slash at the end
	logger  *slog.Logger
	current atomic.Pointer[shelf]

	mu sync.Mutex // one rendering at a time
}

// shelf is everything that can be served at one time.
type shelf struct {
	prefixes map[string]*served // "" and "/pages/NAME"
	hosts    map[string]*served // of pages with an address of their own
	seldom   *lru.Cache[string, site.File]
	at       time.Time
	suffers  bool
	unlisted int
	zones    []*time.Location
}

// served is one page.
type served struct {
	name  string
	site  *site.Site
	files map[string]answer
}

// NewPages returns pages without anything on them. base is the public URL.
func NewPages(base string, logger *slog.Logger) *Pages {
	p := &Pages{base: base, logger: logger}
	p.current.Store(&shelf{})
	return p
}

// Render shows what is in a library at a time; staleAt is as of when that is right,
// if it is old. The first page by name stands at "/", every page at "/pages/NAME/",
// and one with an address of its own at that host's "/" too. A page that cannot be
// rendered keeps what was there.
func (p *Pages) Render(l *library.Library, at, staleAt time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.current.Load()
	seldom, err := lru.New[string, site.File](seldomKept)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	next := &shelf{prefixes: map[string]*served{}, hosts: map[string]*served{}, seldom: seldom, at: at}
	for n, doc := range l.Pages() {
		prefix := "/pages/" + doc.GetName()
		built := page.Build(doc, l.On(doc.GetName()), at)
		next.suffers = next.suffers || built.Suffers()
		next.unlisted += built.Unlisted
		next.zones = append(next.zones, built.Zone)
		shown, err := render(built, site.Options{Base: p.baseOf(doc, n), StaleAt: staleAt})
		if err != nil {
			p.logger.Error("a page cannot be rendered", "page", doc.GetName(), "error", err)
			if shown = before.prefixes[prefix]; shown == nil {
				continue
			}
		}
		next.add(doc, prefix, n == 0, shown)
	}
	p.current.Store(next)
}

func render(built *page.Page, o site.Options) (*served, error) {
	s, err := site.New(built, o)
	if err != nil {
		return nil, err
	}
	files, err := s.Files()
	if err != nil {
		return nil, err
	}
	out := &served{name: built.Doc.GetName(), site: s, files: make(map[string]answer, len(files))}
	for path, f := range files {
		out.files[path] = answerOf(f)
	}
	return out, nil
}

func (s *shelf) add(doc *statusv1.PageDocument, prefix string, first bool, shown *served) {
	s.prefixes[prefix] = shown
	if first {
		s.prefixes[""] = shown
	}
	if u, err := url.Parse(doc.GetUrl()); err == nil && u.Host != "" {
		s.hosts[strings.ToLower(u.Host)] = shown
	}
}

// baseOf is where a page is for the world: at its own address, or at ours.
func (p *Pages) baseOf(doc *statusv1.PageDocument, n int) string {
	switch {
	case doc.GetUrl() != "":
		return strings.TrimRight(doc.GetUrl(), "/")
	case n == 0:
		return p.base
	}
	return p.base + "/pages/" + doc.GetName()
}

// find returns the page for a host and a path, and the path on it.
func (s *shelf) find(host, path string) (*served, string) {
	if rest, ok := strings.CutPrefix(path, "/pages/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		if found := s.prefixes["/pages/"+name]; found != nil {
			return found, strings.TrimPrefix(rest, name)
		}
	}
	if len(s.hosts) > 0 {
		if found := s.hosts[strings.ToLower(host)]; found != nil {
			return found, path
		}
	}
	return s.prefixes[""], path
}

// one returns what is asked for seldom.
func (p *Pages) one(s *shelf, on *served, path string, number int) (answer, bool) {
	key := on.name + "\x00" + path + "\x00" + strconv.Itoa(number)
	f, ok := s.seldom.Get(key)
	if !ok {
		var err error
		if f, ok, err = on.site.One(path, number); err != nil {
			p.logger.Error("a page cannot be rendered", "page", on.name, "path", path, "error", err)
		}
		if ok {
			s.seldom.Add(key, f)
		}
	}
	return answerOf(f), ok
}

// deepest is how many slashes a path may have for people to be told in HTML that
// nothing is there.
const deepest = 8

// missing is what people are told of a path at which nothing is; the zero answer when
// it is none that people ask for.
func (p *Pages) missing(s *shelf, on *served, path string) answer {
	depth := strings.Count(path, "/") - 1
	if depth < 0 || depth > deepest || strings.HasPrefix(path, "/api/") {
		return answer{}
	}
	key := on.name + "\x00missing\x00" + strconv.Itoa(depth)
	f, ok := s.seldom.Get(key)
	if !ok {
		var err error
		if f, err = on.site.Missing(depth); err != nil {
			p.logger.Error("a page cannot be rendered", "page", on.name, "error", err)
			return answer{}
		}
		s.seldom.Add(key, f)
	}
	return answerOf(f)
}

// Check tells whether there is anything to serve.
func (p *Pages) Check() error {
	if p.current.Load().prefixes[""] == nil {
		return errNothing
	}
	return nil
}

// Unlisted is how many open incidents are not listed as a whole.
func (p *Pages) Unlisted() int { return p.current.Load().unlisted }

// again is how often a page is rendered while something on it suffers.
const again = time.Minute

// Outdated tells whether time alone has changed what the pages show: a day is over,
// or something has been suffering for longer.
func (p *Pages) Outdated(now time.Time) bool {
	s := p.current.Load()
	if s.suffers && now.Sub(s.at) >= again {
		return true
	}
	return slices.ContainsFunc(s.zones, func(zone *time.Location) bool {
		return now.In(zone).Format(time.DateOnly) != s.at.In(zone).Format(time.DateOnly)
	})
}

// Files are the files of all pages as they are served now, by a path below the
// first slash, for a copy that any web server can serve. Of incidents it has those
// that the lists show first.
func (p *Pages) Files() map[string]site.File {
	s := p.current.Load()
	files := map[string]site.File{}
	for _, prefix := range slices.Sorted(maps.Keys(s.prefixes)) {
		on := s.prefixes[prefix]
		add := func(path string, f site.File) { files[strings.TrimPrefix(prefix+path, "/")] = f }
		for path, a := range on.files {
			if strings.HasSuffix(path, "/") {
				path += "index.html"
			}
			add(path, a.file)
		}
		for _, path := range on.site.Shown() {
			if a, ok := p.one(s, on, path, 1); ok {
				add(path+".html", a.file)
			}
		}
	}
	return files
}
