package incident

// HideEntry hides an entry from the curated timeline, or shows it again; the log
// keeps it and shows it to whoever asks for everything. It is for the author and
// for whoever leads. What is so already is no event and no error.
type HideEntry struct {
	Entry  uint64 // revision of the entry
	Hidden bool
	Reason string // optional
}

// EntryHidden says that an entry was hidden from the curated timeline or shown again.
type EntryHidden struct {
	Entry  uint64
	Hidden bool
	Reason string // content
}

// Name returns "hide_entry".
func (HideEntry) Name() string { return "hide_entry" }

func (c HideEntry) decide(s State, ctx Context) ([]Event, error) {
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	e, err := requireShown(s, c.Entry)
	if err != nil {
		return nil, err
	}
	if err := ctx.requireOwn(s, e); err != nil {
		return nil, err
	}
	if e.Hidden == c.Hidden {
		return nil, nil
	}
	return []Event{EntryHidden(c)}, nil
}

func (c HideEntry) conflicts(before, after State) bool {
	return entryChanged(c.Entry, hidden, before, after)
}

func (HideEntry) curates() {}

// Type returns "incident.entry_hidden".
func (EntryHidden) Type() string { return "incident.entry_hidden" }

// Accept calls VisitEntryHidden.
func (e EntryHidden) Accept(v Visitor) { v.VisitEntryHidden(e) }

func (e EntryHidden) traits() traits { return ignorable | curation | content.when(e.Reason != "") }

func (e EntryHidden) evolve(s State, _ Meta) State { return s.marked(e.Entry, hidden, e.Hidden) }
