package incident

// PinEntry pins an entry, or lets it go. It is for the author, the scribe and
// whoever leads. What is so already is no event and no error.
type PinEntry struct {
	Entry  uint64 // revision of the entry
	Pinned bool
}

// EntryPinned says that an entry was pinned or let go.
type EntryPinned struct {
	Entry  uint64
	Pinned bool
}

// Name returns "pin_entry".
func (PinEntry) Name() string { return "pin_entry" }

func (c PinEntry) decide(s State, ctx Context) ([]Event, error) {
	e, err := requireShown(s, c.Entry)
	if err != nil {
		return nil, err
	}
	if ctx.Actor != s.Holder(Scribe) {
		if err := ctx.requireOwn(s, e); err != nil {
			return nil, err
		}
	}
	if e.Pinned == c.Pinned {
		return nil, nil
	}
	return []Event{EntryPinned(c)}, nil
}

// requireShown finds an entry that has a place of its own on the timeline.
func requireShown(s State, revision uint64) (Entry, error) {
	e, err := requireEntry(s, revision)
	if err != nil {
		return Entry{}, err
	}
	if s.entries.at(int(revision - 1)).traits.has(curation) {
		return Entry{}, wrongState("not_an_entry",
			"this is a change to another entry: name that entry")
	}
	return e, nil
}

// entryChanged reports whether a mark of the entry changed in between.
func entryChanged(revision uint64, m marks, before, after State) bool {
	if revision == 0 || revision > before.Revision || revision > after.Revision {
		return false
	}
	i := int(revision - 1)
	return (before.entries.at(i).marks^after.entries.at(i).marks)&m != 0
}

func (c PinEntry) conflicts(before, after State) bool {
	return entryChanged(c.Entry, pinned, before, after)
}

func (PinEntry) curates() {}

// Type returns "incident.entry_pinned".
func (EntryPinned) Type() string { return "incident.entry_pinned" }

// Accept calls VisitEntryPinned.
func (e EntryPinned) Accept(v Visitor) { v.VisitEntryPinned(e) }

func (EntryPinned) traits() traits { return ignorable | curation }

func (e EntryPinned) evolve(s State, _ Meta) State { return s.marked(e.Entry, pinned, e.Pinned) }
