package incident

// entry is what rules need to know of one event. It is kept small, since an
// incident may have thousands.
type entry struct {
	name   string // of the event's type
	author uint32 // index into State.people
	target uint32 // revision of the entry that an edit corrects; 0 for other events
	traits traits
	marks  marks
}

// marks are what was done to an entry since.
type marks uint8

const (
	redacted marks = 1 << iota
	hidden
	pinned
)

// Entry is an event as later commands refer to it.
type Entry struct {
	Revision uint64
	Type     string // name of the event's type
	Author   PersonID
	Content  bool   // people or machines wrote something in it
	Editable bool   // its text can be corrected
	Public   bool   // its text is read by customers
	Redacted bool   // its content is gone
	Hidden   bool   // it does not show on the curated timeline
	Pinned   bool   // it is pinned
	Corrects uint64 // revision of the entry whose text it corrects; 0 for other events
}

// Entry returns the event at the revision, and false when there is none yet.
func (s State) Entry(revision uint64) (Entry, bool) {
	if revision == 0 || revision > s.Revision {
		return Entry{}, false
	}
	e := s.entries.at(int(revision - 1))
	return Entry{
		Revision: revision, Type: e.name, Author: s.people.at(int(e.author)), Corrects: uint64(e.target),
		Content: e.traits.has(content), Editable: e.traits.has(editable), Public: e.traits.has(public),
		Redacted: e.marks&redacted != 0, Hidden: e.marks&hidden != 0, Pinned: e.marks&pinned != 0,
	}, true
}

// appended returns s with one more entry for r, and the revision that goes with it.
func (s State) appended(r Recorded) State {
	e := entry{name: r.Event.Type(), traits: r.Event.traits()}
	s, e.author = s.person(r.Actor)
	if r.Redacted {
		e.traits |= content
		e.marks |= redacted
	}
	if edit, ok := r.Event.(EntryEdited); ok {
		e.target = uint32(min(edit.Entry, 1<<32-1))
	}
	s.entries = s.entries.with(e)
	s.Revision = uint64(s.entries.size())
	return s
}

// person returns the index of p in people, where it is added if need be.
func (s State) person(p PersonID) (State, uint32) {
	// Who acted last is the likeliest to act again.
	for i := s.people.size() - 1; i >= 0; i-- {
		if s.people.at(i) == p {
			return s, uint32(i)
		}
	}
	s.people = s.people.with(p)
	return s, uint32(s.people.size() - 1)
}

// marked returns s with the mark of an entry set or cleared; entries that do not
// exist are passed over.
func (s State) marked(revision uint64, m marks, on bool) State {
	if revision == 0 || revision > uint64(s.entries.size()) {
		return s
	}
	i := int(revision - 1)
	e := s.entries.at(i)
	before := e.marks
	if on {
		e.marks |= m
	} else {
		e.marks &^= m
	}
	if e.marks != before {
		s.entries = s.entries.set(i, e)
	}
	return s
}

// corrections returns the revisions after since that correct the entry.
func (s State) corrections(revision, since uint64) []uint64 {
	var found []uint64
	for i := int(since); i < s.entries.size(); i++ {
		if e := s.entries.at(i); e.target != 0 && uint64(e.target) == revision {
			found = append(found, uint64(i)+1)
		}
	}
	return found
}
