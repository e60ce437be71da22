package document

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// published is one incident as far as the public knows it.
type published struct {
	declaration

	id      incident.ID
	updates []update // as published, oldest first
}

// declaration is what a declaration says that may become public.
type declaration struct {
	revision uint64 // of the declaration itself
	last     uint64 // the newest that was folded
	// title stands for the public name as long as no update gives one: it is what
	// the incident was called when the first update was published, and never that
	// of a private incident. titleFrom is the revision that gave it.
	title     string
	titleFrom uint64
	private   bool
	// original is the id in the system that the incident was imported from.
	original string
	// begins is when an imported incident began; zero for others.
	begins time.Time
	// maintenance is planned work, from start to end.
	maintenance bool
	start, end  time.Time
}

// publicID is the incident's id for customers: the original one of an import.
func (p *published) publicID() string {
	if looksPublic(p.original) {
		return p.original
	}
	return publicID("incident", string(p.id))
}

// update is one public update.
type update struct {
	revision   uint64
	event      incident.PublicUpdatePublished
	displayAt  time.Time // when it happened
	updatedAt  time.Time // when it was last edited
	retracted  bool
	newMessage string // what it says since it was edited
	shortened  bool   // the text was let go, the rest still counts
}

// gone tells whether customers do not see the update any more.
func (u *update) gone() bool { return u.retracted || u.message() == "" && !u.shortened }

func (u *update) message() string {
	if u.newMessage != "" {
		return u.newMessage
	}
	return u.event.Message
}

// visible returns the updates that customers of a page see, by the time that is
// shown, oldest first.
func (p *published) visible(page string) []*update {
	var seen []*update
	for i := range p.updates {
		u := &p.updates[i]
		if !u.gone() && (len(u.event.Pages) == 0 || slices.Contains(u.event.Pages, page)) {
			seen = append(seen, u)
		}
	}
	slices.SortStableFunc(seen, func(a, b *update) int { return a.displayAt.Compare(b.displayAt) })
	return seen
}

func (p *published) find(revision uint64) *update {
	for i := range p.updates {
		if p.updates[i].revision == revision {
			return &p.updates[i]
		}
	}
	return nil
}

func (p *published) byID(id string) *update {
	for i := range p.updates {
		if p.updates[i].event.UpdateID == id {
			return &p.updates[i]
		}
	}
	return nil
}

// shorten lets the texts of old updates go, so that one incident with a thousand
// of them does not fill a page. What they say of status and components counts on.
func (p *published) shorten() {
	texts, bytes := 0, 0
	for _, u := range slices.Backward(p.updates) {
		if !u.gone() && !u.shortened {
			texts++
			bytes += len(u.message())
		}
	}
	for i := 0; i < len(p.updates) && texts > 1 && (texts > MaxUpdates || bytes > maxIncidentText); i++ {
		u := &p.updates[i]
		if u.gone() || u.shortened {
			continue
		}
		texts--
		bytes -= len(u.message())
		u.event.Message, u.newMessage, u.shortened = "", "", true
	}
}

// pages are the pages that the updates name; "" stands for all pages.
func (p *published) pages() []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := range p.updates {
		if len(p.updates[i].event.Pages) == 0 {
			add("")
		}
		for _, name := range p.updates[i].event.Pages {
			add(name)
		}
	}
	return names
}
