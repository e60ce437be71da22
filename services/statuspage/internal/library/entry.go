package library

import (
	"cmp"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Entry is one incident. It never changes: a new document makes a new one.
type Entry struct {
	// ID is the incident's public id.
	ID string

	encoded    []byte
	restricted bool // some update is not for all pages

	mu        sync.Mutex
	standings map[string]Standing // by page; "" when it is not restricted
}

// Standing is how an incident stands on one page.
type Standing struct {
	// Visible tells whether customers of the page see anything of it.
	Visible bool
	// Open tells whether it goes on; Scheduled that it is planned and has not begun;
	// Planned that it is planned work.
	Open, Scheduled, Planned bool
	// CreatedUs is when its first update was shown, microseconds since 1970.
	CreatedUs int64
	// Spans are what components suffered from it.
	Spans []Span
}

// Span is a time in which a component was not well because of one incident.
type Span struct {
	// Ref names the component, see status.v1.ComponentChange.
	Ref string
	// Status is in Statuspage's words, never operational.
	Status string
	// FromUs and ToUs bound it, microseconds since 1970; ToUs 0: it lasts.
	FromUs, ToUs int64
}

func newEntry(id string, doc *statusv1.IncidentDocument) (*Entry, error) {
	encoded, err := proto.Marshal(doc)
	if err != nil {
		return nil, err
	}
	e := &Entry{ID: id, encoded: encoded, standings: map[string]Standing{}}
	e.restricted = slices.ContainsFunc(doc.GetUpdates(), func(u *statusv1.PublishedUpdate) bool { return len(u.GetPages()) > 0 })
	if !e.restricted {
		e.standings[""] = standingOf(doc, "")
	}
	return e, nil
}

// Document decodes the document; it is the caller's.
func (e *Entry) Document() *statusv1.IncidentDocument {
	doc := &statusv1.IncidentDocument{}
	if err := proto.Unmarshal(e.encoded, doc); err != nil {
		return &statusv1.IncidentDocument{Id: e.ID} // it was encoded here: this cannot be
	}
	return doc
}

// Standing is how the incident stands on a page.
func (e *Entry) Standing(page string) Standing {
	if !e.restricted {
		page = ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.standings[page]
	if !ok {
		s = standingOf(e.Document(), page)
		e.standings[page] = s
	}
	return s
}

// On returns the updates that customers of a page see, oldest first; those without
// a text count for status and components only.
func On(doc *statusv1.IncidentDocument, page string) []*statusv1.PublishedUpdate {
	return slices.DeleteFunc(slices.Clone(doc.GetUpdates()), func(u *statusv1.PublishedUpdate) bool {
		return len(u.GetPages()) > 0 && !slices.Contains(u.GetPages(), page)
	})
}

// Over tells whether a status word ends an incident for the public.
func Over(word string) bool { return word == "resolved" || word == "postmortem" || word == "completed" }

func standingOf(doc *statusv1.IncidentDocument, page string) Standing {
	updates := On(doc, page)
	legible := func(u *statusv1.PublishedUpdate) bool { return u.GetBody() != "" }
	if !slices.ContainsFunc(updates, legible) {
		return Standing{}
	}
	last := updates[len(updates)-1].GetStatus()
	return Standing{
		Visible: true, Open: !Over(last), Scheduled: last == "scheduled", Planned: doc.GetMaintenance(),
		CreatedUs: updates[0].GetDisplayAtUs(), Spans: spansOf(updates),
	}
}

// spansOf follows each component through the updates. What is over hurts nothing,
// and what is scheduled not yet.
func spansOf(updates []*statusv1.PublishedUpdate) []Span {
	var done []Span
	said, running := map[string]string{}, map[string]Span{}
	for _, u := range updates {
		for _, c := range u.GetComponents() {
			said[c.GetRef()] = c.GetStatus()
		}
		effective := !Over(u.GetStatus()) && u.GetStatus() != "scheduled"
		for ref, status := range said {
			span, ok := running[ref]
			hurts := effective && status != "operational" && status != ""
			if ok && (!hurts || span.Status != status) {
				span.ToUs = u.GetDisplayAtUs()
				done = append(done, span)
				delete(running, ref)
				ok = false
			}
			if hurts && !ok {
				running[ref] = Span{Ref: ref, Status: status, FromUs: u.GetDisplayAtUs()}
			}
		}
		if Over(u.GetStatus()) {
			clear(said)
		}
	}
	for _, span := range running {
		done = append(done, span)
	}
	slices.SortFunc(done, func(a, b Span) int { return cmp.Or(cmp.Compare(a.FromUs, b.FromUs), cmp.Compare(a.Ref, b.Ref)) })
	return done
}
