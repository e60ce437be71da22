package document

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Fold is what the public may know of all incidents. It is not safe for
// concurrent use.
type Fold struct {
	incidents map[incident.ID]*published
	// declared is what may become public with the first update.
	declared map[incident.ID]declaration
}

// NewFold returns the fold of an empty log.
func NewFold() *Fold {
	return &Fold{incidents: map[incident.ID]*published{}, declared: map[incident.ID]declaration{}}
}

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

// Apply folds one event and tells whether anything public changed. Events come in
// the order of the log; one that comes twice changes nothing.
func (f *Fold) Apply(r incident.Recorded) bool {
	v := visit{fold: f, recorded: r}
	r.Event.Accept(&v)
	return v.changed
}

func (f *Fold) publish(r incident.Recorded, e incident.PublicUpdatePublished) bool {
	p := f.incidents[r.Incident]
	if p == nil {
		p = &published{id: r.Incident, declaration: f.declared[r.Incident]}
		f.incidents[r.Incident] = p
		delete(f.declared, r.Incident)
	}
	if p.find(r.Revision) != nil {
		return false
	}
	p.updates = append(p.updates, update{
		revision: r.Revision, event: e, displayAt: r.OccurredAt, createdAt: r.RecordedAt, updatedAt: r.RecordedAt,
	})
	return true
}

func (p *published) byID(id string) *update {
	for i := range p.updates {
		if p.updates[i].event.UpdateID == id {
			return &p.updates[i]
		}
	}
	return nil
}
