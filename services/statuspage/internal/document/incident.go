package document

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// published is one incident as far as the public knows it.
type published struct {
	id      incident.ID
	updates []update // as published, oldest first
}

// update is one public update.
type update struct {
	revision   uint64
	event      incident.PublicUpdatePublished
	displayAt  time.Time // when it happened
	createdAt  time.Time // when it was written down
	updatedAt  time.Time // when it was last edited
	retracted  bool
	newMessage string // what it says since it was edited
}

// gone tells whether customers do not see the update any more.
func (u *update) gone() bool { return u.retracted || u.message() == "" }

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
