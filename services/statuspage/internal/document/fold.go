package document

import (
	"strings"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Fold is what pages can show of all incidents, and no more: of incidents that no
// page has room for it forgets the texts, and asks for their history again
// ([Fold.Missing]) when something happens to them. It is not safe for concurrent
// use.
type Fold struct {
	incidents map[incident.ID]*published
	// declared is what may become public with the first update, of the newest.
	declared *simplelru.LRU[incident.ID, declaration]
	// shelved are open incidents that no page has room for at present.
	shelved map[incident.ID]shelf
	// missing are incidents whose history has to be read again.
	missing map[incident.ID]struct{}
	trimAt  int // number of incidents at which those without room are let go
	began   time.Time
}

// NewFold returns the fold of an empty log. began is when the page came to be, for
// a page that nothing else has changed yet.
func NewFold(began time.Time) *Fold {
	declared, err := simplelru.NewLRU[incident.ID, declaration](declaredKept, nil)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return &Fold{
		incidents: map[incident.ID]*published{}, declared: declared, shelved: map[incident.ID]shelf{},
		missing: map[incident.ID]struct{}{}, trimAt: firstTrim, began: began,
	}
}

// Began says when the page came to be, if that is found out later.
func (f *Fold) Began(at time.Time) { f.began = at }

// Concerns tells by the type of an event whether Apply may do anything with it, so
// that a reader need not decode the others.
func Concerns(eventType string) bool {
	switch eventType {
	case incident.Declared{}.Type(), incident.PublicUpdatePublished{}.Type(), incident.PublicUpdateRetracted{}.Type(),
		incident.EntryEdited{}.Type(), incident.EntryRedacted{}.Type():
		return true
	}
	return false
}

// Apply folds one event and tells whether anything public may have changed. Events
// come in the order of the log; one that comes twice changes nothing.
func (f *Fold) Apply(r incident.Recorded) bool {
	changed := f.apply(r, false)
	f.trim()
	return changed
}

// apply folds an event; whole says that every event of the incident before it was
// folded too.
func (f *Fold) apply(r incident.Recorded, whole bool) bool {
	p := f.incidents[r.Incident]
	if p != nil && r.Revision <= p.last {
		return false
	}
	v := visit{fold: f, recorded: r, whole: whole || r.Revision == 1}
	r.Event.Accept(&v)
	if p != nil {
		p.last = r.Revision
	}
	return v.changed
}

// Missing are the incidents whose whole history is needed before the pages are
// right. The caller reads each and calls [Fold.Restore].
func (f *Fold) Missing() []incident.ID {
	f.refill()
	ids := make([]incident.ID, 0, len(f.missing))
	for id := range f.missing {
		ids = append(ids, id)
	}
	return ids
}

// Restore replaces what is known of an incident by its whole history, which may be
// ahead of what Apply has seen.
func (f *Fold) Restore(id incident.ID, history []incident.Recorded) {
	delete(f.missing, id)
	delete(f.shelved, id)
	delete(f.incidents, id)
	f.declared.Remove(id)
	for _, r := range history {
		f.apply(r, true)
	}
	f.trim()
}

// need asks for the history of an incident that is not known.
func (f *Fold) need(id incident.ID) {
	f.missing[incident.ID(strings.Clone(string(id)))] = struct{}{}
}

func (f *Fold) publish(r incident.Recorded, e incident.PublicUpdatePublished, whole bool) {
	p := f.incidents[r.Incident]
	if p == nil {
		d, ok := f.declared.Peek(r.Incident)
		if !ok && !whole {
			f.need(r.Incident)
			return
		}
		// The id is kept longer than the envelope that it is a part of.
		p = &published{id: incident.ID(strings.Clone(string(r.Incident))), declaration: d}
		p.last = r.Revision
		f.incidents[p.id] = p
		f.declared.Remove(r.Incident)
	}
	e.Message = cut(e.Message, MaxBody)
	p.updates = append(p.updates, update{revision: r.Revision, event: e, displayAt: r.OccurredAt, updatedAt: r.RecordedAt})
	p.shorten()
}
