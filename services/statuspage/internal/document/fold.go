package document

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Fold is what the public may know of all incidents. It is not safe for
// concurrent use.
type Fold struct {
	incidents map[incident.ID]*published
}

// NewFold returns the fold of an empty log.
func NewFold() *Fold { return &Fold{incidents: map[incident.ID]*published{}} }

// Concerns tells by the type of an event whether Apply may do anything with it, so
// that a reader need not decode the others.
func Concerns(eventType string) bool {
	switch eventType {
	case incident.PublicUpdatePublished{}.Type(), incident.PublicUpdateRetracted{}.Type(),
		incident.EntryEdited{}.Type(), incident.EntryRedacted{}.Type():
		return true
	}
	return false
}

// Apply folds one event and tells whether anything public changed. Events come in
// the order of the log; one that comes twice changes nothing.
func (f *Fold) Apply(r incident.Recorded) bool {
	switch e := r.Event.(type) {
	case incident.PublicUpdatePublished:
		return f.publish(r, e)
	case incident.PublicUpdateRetracted:
		return f.change(r.Incident, func(p *published) *update { return p.byID(e.UpdateID) }, func(u *update) { u.retracted = true })
	case incident.EntryEdited:
		if r.Redacted {
			return false
		}
		return f.change(r.Incident, func(p *published) *update { return p.find(e.Entry) }, func(u *update) {
			u.newMessage, u.updatedAt = e.Text, r.RecordedAt
		})
	case incident.EntryRedacted:
		return f.change(r.Incident, func(p *published) *update { return p.find(e.Entry) }, func(u *update) {
			u.newMessage, u.event.Message, u.event.Title = "", "", ""
		})
	}
	return false
}

func (f *Fold) publish(r incident.Recorded, e incident.PublicUpdatePublished) bool {
	p := f.incidents[r.Incident]
	if p == nil {
		p = &published{id: r.Incident}
		f.incidents[r.Incident] = p
	}
	if p.find(r.Revision) != nil {
		return false
	}
	p.updates = append(p.updates, update{
		revision: r.Revision, event: e, displayAt: r.OccurredAt, createdAt: r.RecordedAt, updatedAt: r.RecordedAt,
	})
	return true
}

// change alters one update, if the incident has it.
func (f *Fold) change(id incident.ID, which func(*published) *update, alter func(*update)) bool {
	p := f.incidents[id]
	if p == nil {
		return false
	}
	u := which(p)
	if u == nil {
		return false
	}
	alter(u)
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
