package fold

import (
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// packed is a state whose entries are kept as the bytes of their rows: a rebuild
// holds millions, and bytes cost the garbage collector nothing. Entries that an
// event changes are unpacked before it is folded.
type packed struct {
	state
	rows   []byte
	places []place // by revision
}

// place is where the row of an entry is.
type place struct{ start, size uint32 }

// row returns the row at a place.
func (p *packed) row(at place) []byte { return p.rows[at.start : at.start+at.size] }

// apply folds a message. The view's entries are those that changed, until pack.
func (p *packed) apply(m eventlog.Message) {
	if p.problem != nil {
		for _, entry := range redactions(m) {
			p.view.Reaches(entry, p.unpack)
		}
		p.state.apply(m)
		return
	}
	events, err := Decode(m)
	for _, e := range events {
		if target, ok := curated(e.Event); ok {
			p.view.Reaches(target, p.unpack)
		}
	}
	if err != nil {
		for _, entry := range redactions(m) {
			p.view.Reaches(entry, p.unpack)
		}
	}
	p.applyDecoded(m, events, err)
}

// curated returns the entry that an event is about, if it is about one.
func curated(e incident.Event) (uint64, bool) {
	if !view.Curates(e) {
		return 0, false
	}
	if edit, ok := e.(incident.EntryEdited); ok {
		return edit.Entry, true
	}
	if pin, ok := e.(incident.EntryPinned); ok {
		return pin.Entry, true
	}
	if hide, ok := e.(incident.EntryHidden); ok {
		return hide.Entry, true
	}
	redact, ok := e.(incident.EntryRedacted)
	return redact.Entry, ok
}

// unpack puts an entry back into the view, if it is packed.
func (p *packed) unpack(revision uint64) {
	if revision == 0 || revision > uint64(len(p.places)) || p.view.Entry(revision) != nil {
		return
	}
	p.view.Insert(row.ParseBinary(p.row(p.places[revision-1])).Entry)
}

// pack takes the entries out of the view and returns the slice that held them.
func (p *packed) pack() []view.Entry {
	entries := p.view.Entries
	for i := range entries {
		start := uint32(len(p.rows))
		r := row.Entry{IncidentID: string(p.id), Entry: entries[i]}
		p.rows = r.AppendBinary(p.rows)
		at := place{start: start, size: uint32(len(p.rows)) - start}
		if n := entries[i].Revision; n <= uint64(len(p.places)) {
			p.places[n-1] = at
		} else {
			p.places = append(p.places, at)
		}
	}
	p.view.Entries = nil
	p.view.Touched()
	clear(entries)
	return entries[:0]
}
