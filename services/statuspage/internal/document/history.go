package document

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Version is that of the fold. A relay that finds documents of another version
// computes all of them anew.
const Version = 3

// History is what the public may know of one incident. It folds that incident's
// events from the first one on; it is not safe for concurrent use.
type History struct {
	id      incident.ID
	last    uint64 // revision of the newest event that was folded
	updates []update

	// titles are what the incident was called until the first update was published,
	// oldest first; the last one is the public name where an update was published
	// that no public name stood for. There are none when it was private then.
	titles  []text
	called  bool // such an update was published
	private bool
	drill   bool // nothing of a drill is public
	// original is the id in the system that the incident was imported from.
	original string
	// begins is when an imported incident began; zero for others.
	begins time.Time
	// maintenance is planned work, from start to end.
	maintenance bool
	start, end  time.Time
}

// update is one public update.
type update struct {
	revision  uint64
	event     incident.PublicUpdatePublished
	displayAt time.Time // when it happened
	editedAt  time.Time // when it was last edited; zero: never
	texts     []text    // what it said, oldest first; the last one counts
	named     bool      // it gave a public name
	retracted bool
}

// text is something that an entry said.
type text struct {
	revision uint64 // of the entry
	says     string
}

// NewHistory returns the history of an incident before its first event.
func NewHistory(id incident.ID) *History { return &History{id: id} }

// Concerns tells by the type of an event whether Apply may do anything with it, so
// that a reader need not decode the others.
func Concerns(eventType string) bool {
	switch eventType {
	case incident.Declared{}.Type(), incident.PublicUpdatePublished{}.Type(), incident.PublicUpdateRetracted{}.Type(),
		incident.EntryEdited{}.Type(), incident.EntryRedacted{}.Type(), incident.VisibilityChanged{}.Type():
		return true
	}
	return false
}

// Apply folds one event and tells whether anything public may have changed. Events
// come in order; one that comes twice changes nothing.
func (h *History) Apply(r incident.Recorded) bool {
	if r.Revision <= h.last {
		return false
	}
	h.last = r.Revision
	v := visit{history: h, recorded: r}
	r.Event.Accept(&v)
	return v.changed
}

// Published tells whether any update was ever published, even if none is left.
func (h *History) Published() bool { return len(h.updates) > 0 }

// publicID is the incident's id for customers: the original one of an import.
func (h *History) publicID() string {
	if looksPublic(h.original) {
		return h.original
	}
	return publicID("incident", string(h.id))
}

// PublicID is the id under which customers know the incident. It does not change
// once an update was published.
func (h *History) PublicID() string { return h.publicID() }

// Document is what is public now: an empty one when nothing is any more.
func (h *History) Document() *statusv1.IncidentDocument {
	doc := &statusv1.IncidentDocument{
		Id: h.publicID(), BeginsAtUs: micros(h.begins), Maintenance: h.maintenance,
	}
	if h.called {
		doc.Title = current(h.titles)
	}
	if h.maintenance {
		doc.ScheduledForUs, doc.ScheduledUntilUs = micros(h.start), micros(h.end)
	}
	legible := false
	for i := range h.updates {
		if u := &h.updates[i]; !u.retracted {
			doc.Updates = append(doc.Updates, h.published(u))
			legible = legible || current(u.texts) != ""
		}
	}
	if !legible || h.drill {
		return &statusv1.IncidentDocument{}
	}
	slices.SortStableFunc(doc.GetUpdates(), func(a, b *statusv1.PublishedUpdate) int {
		return int(min(max(a.GetDisplayAtUs()-b.GetDisplayAtUs(), -1), 1))
	})
	carry(doc.GetUpdates(), h.maintenance)
	bound(doc)
	return doc
}

func (h *History) published(u *update) *statusv1.PublishedUpdate {
	out := &statusv1.PublishedUpdate{
		Id: u.event.UpdateID, Status: statusWord(u.event), Body: current(u.texts), DisplayAtUs: u.displayAt.UnixMicro(),
		EditedAtUs: micros(u.editedAt), Pages: u.event.Pages, Title: u.event.Title, Impact: u.event.Impact,
		NextUpdateAtUs: micros(u.event.NextUpdate),
	}
	if !looksPublic(out.GetId()) {
		out.Id = publicID("update", string(h.id), u.event.UpdateID)
	}
	for _, c := range u.event.Components {
		out.Components = append(out.Components, &statusv1.ComponentChange{Ref: Ref(c.Component), Status: c.Status.String()})
	}
	return out
}

// names tells whether a public name stands for an update of some pages, of all when
// there are none: the name that it gives, or that of one before.
func (h *History) names(pages []string) bool {
	return slices.ContainsFunc(h.updates, func(u update) bool {
		if !u.named || u.retracted {
			return false
		}
		elsewhere := func(page string) bool { return !slices.Contains(u.event.Pages, page) }
		return len(u.event.Pages) == 0 || len(pages) > 0 && !slices.ContainsFunc(pages, elsewhere)
	})
}

// current is the last of several texts, or nothing.
func current(texts []text) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[len(texts)-1].says
}

// without takes away what an entry said.
func without(texts []text, revision uint64) []text {
	return slices.DeleteFunc(texts, func(t text) bool { return t.revision == revision })
}

func (h *History) find(revision uint64) *update {
	for i := range h.updates {
		if h.updates[i].revision == revision {
			return &h.updates[i]
		}
	}
	return nil
}

func (h *History) byID(id string) *update {
	for i := range h.updates {
		if h.updates[i].event.UpdateID == id {
			return &h.updates[i]
		}
	}
	return nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
