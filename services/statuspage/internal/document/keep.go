package document

import (
	"cmp"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// shelf is what is left of an open incident that no page has room for.
type shelf struct {
	created time.Time
	pages   []string // as published.pages says
}

// on tells whether the incident belongs on a page.
func (s shelf) on(page string) bool {
	return slices.Contains(s.pages, "") || slices.Contains(s.pages, page)
}

// standing is an incident as it stands on one page.
type standing struct {
	incident *published
	seen     []*update // what the page shows of it, at least one
	open     bool
}

// standings are the incidents of a page, newest first.
func (f *Fold) standings(page string) []standing {
	var all []standing
	for _, p := range f.incidents {
		if seen := p.visible(page); len(seen) > 0 {
			all = append(all, standing{p, seen, !isOver(statusWord(seen[len(seen)-1].event))})
		}
	}
	slices.SortFunc(all, func(a, b standing) int {
		return cmp.Or(b.seen[0].displayAt.Compare(a.seen[0].displayAt), cmp.Compare(a.incident.publicID(), b.incident.publicID()))
	})
	return all
}

// trim lets the incidents go that have no place on any page, once there are many:
// twice what a page has room for is kept, so that retractions leave no gap. Open
// ones are shelved.
func (f *Fold) trim() {
	if len(f.incidents) <= f.trimAt {
		return
	}
	kept, shelved := map[incident.ID]*published{}, map[incident.ID]shelf{}
	for page := range f.named() {
		open, over := 0, 0
		for _, s := range f.standings(page) {
			id := s.incident.id
			switch {
			case s.open && open < 2*MaxOpen:
				open++
				kept[id] = s.incident
			case s.open:
				shelved[id] = shelf{s.seen[0].displayAt, s.incident.pages()}
			case over < 2*MaxIncidents:
				over++
				kept[id] = s.incident
			}
		}
	}
	for id, s := range shelved {
		if kept[id] == nil {
			f.shelved[id] = s
		}
	}
	f.incidents = kept
	f.trimAt = max(firstTrim, 2*len(kept))
}

// named are the pages that updates name, and "" for all others.
func (f *Fold) named() map[string]bool {
	names := map[string]bool{"": true}
	for _, p := range f.incidents {
		for _, page := range p.pages() {
			names[page] = true
		}
	}
	return names
}

// refill asks for the newest shelved incidents of pages that have room again.
func (f *Fold) refill() {
	if len(f.shelved) == 0 {
		return
	}
	for page := range f.named() {
		open := 0
		for _, s := range f.standings(page) {
			if s.open {
				open++
			}
		}
		if open >= MaxOpen {
			continue
		}
		waiting := f.waiting(page)
		for _, id := range waiting[:min(len(waiting), MaxOpen-open)] {
			f.need(id)
		}
	}
}

// hidden is the number of shelved incidents of a page.
func (f *Fold) hidden(page string) (number int) {
	for _, s := range f.shelved {
		if s.on(page) {
			number++
		}
	}
	return number
}

// waiting are the shelved incidents of a page, newest first.
func (f *Fold) waiting(page string) []incident.ID {
	var ids []incident.ID
	for id, s := range f.shelved {
		if s.on(page) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b incident.ID) int {
		return cmp.Or(f.shelved[b].created.Compare(f.shelved[a].created), cmp.Compare(a, b))
	})
	return ids
}
