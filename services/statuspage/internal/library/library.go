package library

import (
	"cmp"
	"maps"
	"slices"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Library is all public documents. It is not safe for concurrent use; what
// [Library.On] returned does not change any more.
type Library struct {
	pages     map[string]*statusv1.PageDocument
	incidents map[string]*Entry
}

// New returns an empty library.
func New() *Library {
	return &Library{pages: map[string]*statusv1.PageDocument{}, incidents: map[string]*Entry{}}
}

// SetPage replaces the document of a page; nil removes it.
func (l *Library) SetPage(name string, doc *statusv1.PageDocument) {
	if doc == nil {
		delete(l.pages, name)
		return
	}
	l.pages[name] = doc
}

// SetIncident replaces the document of an incident; nil removes it.
func (l *Library) SetIncident(id string, doc *statusv1.IncidentDocument) error {
	if doc == nil {
		delete(l.incidents, id)
		return nil
	}
	e, err := newEntry(id, doc)
	if err != nil {
		return err
	}
	l.incidents[id] = e
	return nil
}

// Pages are all pages, by name.
func (l *Library) Pages() []*statusv1.PageDocument {
	var pages []*statusv1.PageDocument
	for _, name := range slices.Sorted(maps.Keys(l.pages)) {
		pages = append(pages, l.pages[name])
	}
	return pages
}

// Names are the names of all pages and the ids of all incidents.
func (l *Library) Names() (pages, incidents []string) {
	return slices.Collect(maps.Keys(l.pages)), slices.Collect(maps.Keys(l.incidents))
}

// On returns the incidents of which a page shows anything, newest first.
func (l *Library) On(page string) []*Entry {
	type dated struct {
		entry   *Entry
		created int64
	}
	all := make([]dated, 0, len(l.incidents))
	for _, e := range l.incidents {
		if s := e.Standing(page); s.Visible {
			all = append(all, dated{e, s.CreatedUs})
		}
	}
	slices.SortFunc(all, func(a, b dated) int {
		return cmp.Or(cmp.Compare(b.created, a.created), cmp.Compare(a.entry.ID, b.entry.ID))
	})
	entries := make([]*Entry, len(all))
	for i, d := range all {
		entries[i] = d.entry
	}
	return entries
}
