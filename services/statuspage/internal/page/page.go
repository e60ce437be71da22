package page

import (
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
)

const (
	// maxOpen bounds the open incidents that are listed as a whole, in the JSON too.
	maxOpen = 1000
	// maxNewest is how many incidents are listed whether they are open or not, as in
	// Statuspage's list.
	maxNewest = 50

	operational = "operational"
)

// Page is one page at one time. It does not change.
type Page struct {
	// Doc is the page with the state of its components and its incidents, newest
	// first: the newest, and the open ones up to a bound.
	Doc *statusv1.PageDocument
	// Entries are all incidents of the page, newest first.
	Entries []*library.Entry
	// Open is the number of open incidents, Unlisted how many of them are in Entries
	// but not in Doc.
	Open, Unlisted int
	// Zone is that of the page's days.
	Zone *time.Location
	// At is the time for which the page was put together.
	At time.Time
	// Days are the last days of each component, by id; groups have none.
	Days map[string]Days

	byRef map[string]*statusv1.PublicComponent
	spans map[string][]library.Span // by id of the component
}

// Build puts a page together from its stored document and the incidents on it.
func Build(doc *statusv1.PageDocument, entries []*library.Entry, at time.Time) *Page {
	p := &Page{
		Doc: proto.CloneOf(doc), Entries: entries, At: at, Zone: time.UTC, Days: map[string]Days{},
		byRef: map[string]*statusv1.PublicComponent{}, spans: map[string][]library.Span{},
	}
	if zone, err := time.LoadLocation(doc.GetTimeZone()); err == nil {
		p.Zone = zone
	}
	for _, c := range p.Doc.GetComponents() {
		for _, ref := range c.GetRefs() {
			p.byRef[ref] = c
		}
	}
	p.suffer()
	p.list()
	p.remember()
	return p
}

// list chooses the incidents of the document.
func (p *Page) list() {
	for n, e := range p.Entries {
		open := e.Standing(p.Doc.GetName()).Open
		if open {
			p.Open++
		}
		if n >= maxNewest && !open {
			continue
		}
		if open && p.Open > maxOpen {
			p.Unlisted++
			continue
		}
		shown := p.Incident(e)
		p.Doc.Incidents = append(p.Doc.Incidents, shown)
		p.Doc.UpdatedAtUs = max(p.Doc.GetUpdatedAtUs(), shown.GetUpdatedAtUs())
	}
}

// suffer sets what incidents say of components now: the worst counts. A group is as
// bad as its worst child.
func (p *Page) suffer() {
	for _, e := range p.Entries {
		for _, s := range e.Standing(p.Doc.GetName()).Spans {
			c := p.byRef[s.Ref]
			if c == nil || c.GetGroup() {
				continue
			}
			p.spans[c.GetId()] = append(p.spans[c.GetId()], s)
			switch {
			case s.ToUs != 0:
				c.UpdatedAtUs = max(c.GetUpdatedAtUs(), s.ToUs)
			case level(s.Status) > level(c.GetStatus()):
				c.Status = s.Status
				c.UpdatedAtUs = max(c.GetUpdatedAtUs(), s.FromUs)
			}
		}
	}
	byID := map[string]*statusv1.PublicComponent{}
	for _, c := range p.Doc.GetComponents() {
		byID[c.GetId()] = c
		p.Doc.UpdatedAtUs = max(p.Doc.GetUpdatedAtUs(), c.GetUpdatedAtUs())
	}
	for _, group := range p.Doc.GetComponents() {
		for _, id := range group.GetChildren() {
			if child := byID[id]; child != nil && level(child.GetStatus()) > level(group.GetStatus()) {
				group.Status = child.GetStatus()
			}
		}
	}
}

// Suffers tells whether anything is not operational now, so that the days change as
// time goes by.
func (p *Page) Suffers() bool {
	for _, c := range p.Doc.GetComponents() {
		if level(c.GetStatus()) > incident.Operational {
			return true
		}
	}
	return false
}
