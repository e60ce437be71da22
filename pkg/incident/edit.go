package incident

import (
	"fmt"
	"strings"
)

// EditEntry corrects the text of an entry; the original stays beside it. It is
// for the author and for whoever leads; a public update is for those who may
// speak to customers. The text of the declaration is its title in the first
// line, then the summary. A redacted entry is refused, but for the declaration,
// since an incident needs a title.
type EditEntry struct {
	Entry  uint64 // revision of the entry
	Text   string // Markdown, required: the text from now on
	Reason string // optional
}

// EntryEdited says that the text of an entry was corrected; the original stays
// beside it.
type EntryEdited struct {
	Entry        uint64
	Text, Reason string // content
}

// Name returns "edit_entry".
func (EditEntry) Name() string { return "edit_entry" }

func (c EditEntry) decide(s State, ctx Context) ([]Event, error) {
	e, err := requireEntry(s, c.Entry)
	if err != nil {
		return nil, err
	}
	if err := c.check(e); err != nil {
		return nil, err
	}
	if e.Public {
		err = ctx.requireVoice(s)
	} else {
		err = ctx.requireOwn(s, e)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case e.Corrects != 0:
		return nil, wrongState("not_editable",
			fmt.Sprintf("entry %d is a correction: edit entry %d, which it corrects", e.Revision, e.Corrects))
	case !e.Editable:
		return nil, wrongState("not_editable", fmt.Sprintf("entry %d has no text that people wrote: add a note instead", e.Revision))
	case e.Redacted && !isDeclaration(e):
		return nil, wrongState("redacted", fmt.Sprintf("entry %d was redacted: add a note instead", e.Revision))
	}
	return []Event{EntryEdited(c)}, nil
}

func (c EditEntry) check(e Entry) error {
	if err := checkRequired("text", c.Text, MaxText); err != nil {
		return err
	}
	if isDeclaration(e) {
		title, _ := SplitTitle(c.Text)
		if err := checkTitle("text", title, MaxTitle); err != nil {
			return err
		}
	}
	return checkOptional("reason", c.Reason, MaxReason)
}

// SplitTitle takes the text of a corrected declaration apart: the title is the
// first line, the summary the rest. Space around both is dropped.
func SplitTitle(text string) (title, summary string) {
	title, summary, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(title), strings.TrimSpace(summary)
}

func isDeclaration(e Entry) bool { return e.Type == Declared{}.Type() }

// requireEntry finds the entry that a command is about.
func requireEntry(s State, revision uint64) (Entry, error) {
	e, found := s.Entry(revision)
	if !found {
		return Entry{}, notFound("entry", "no_such_entry",
			fmt.Sprintf("there is no entry %d: the timeline shows the numbers of entries", revision))
	}
	return e, nil
}

// conflicts: somebody else corrected or redacted the same entry.
func (c EditEntry) conflicts(before, after State) bool {
	return entryChanged(c.Entry, redacted, before, after) || len(after.corrections(c.Entry, before.Revision)) > 0
}

func (EditEntry) curates() {}

// Type returns "incident.entry_edited".
func (EntryEdited) Type() string { return "incident.entry_edited" }

// Accept calls VisitEntryEdited.
func (e EntryEdited) Accept(v Visitor) { v.VisitEntryEdited(e) }

func (e EntryEdited) traits() traits { return curation | content.when(e.Text != "" || e.Reason != "") }

func (e EntryEdited) evolve(s State, m Meta) State {
	if target, found := s.Entry(e.Entry); found && isDeclaration(target) {
		s.Title, _ = SplitTitle(e.Text)
		s.titleFrom = m.Revision
	}
	return s
}
