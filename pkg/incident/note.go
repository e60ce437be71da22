package incident

import "fmt"

// AddNote writes something down without resetting any clock. Any responder may,
// at any time, also after a merge.
type AddNote struct {
	Text   string // Markdown, required
	Label  string // what kind of note, for example "hypothesis": lower case, optional
	Author string // who said it, when that is nobody with an account
	Pinned bool   // pin it at once
}

// NoteAdded says that somebody wrote something down.
type NoteAdded struct {
	Text   string // content
	Label  string
	Author string // content
}

// maxLabel bounds a label, in bytes.
const maxLabel = 64

// Name returns "add_note".
func (AddNote) Name() string { return "add_note" }

func (c AddNote) decide(s State, _ Context) ([]Event, error) {
	if err := checkSaying(c.Text, c.Author); err != nil {
		return nil, err
	}
	if err := checkLabel("label", c.Label); err != nil {
		return nil, err
	}
	events := []Event{NoteAdded{Text: c.Text, Label: c.Label, Author: c.Author}}
	if c.Pinned {
		events = append(events, EntryPinned{Entry: s.Revision + 1, Pinned: true})
	}
	return events, nil
}

// checkLabel wants a short word of lower case letters, digits, '-', '_' and '.',
// or nothing.
func checkLabel(field, s string) error {
	if len(s) > maxLabel {
		return invalid(field, "too_long", fmt.Sprintf("%s is too long: use at most %d characters", field, maxLabel))
	}
	for _, b := range []byte(s) {
		if !isWordByte(b) && b != '.' || 'A' <= b && b <= 'Z' {
			return invalid(field, "not_a_label", field+" may hold only lower case letters, digits, '-', '_' and '.'")
		}
	}
	return nil
}

func (AddNote) conflicts(_, _ State) bool { return false }

func (AddNote) curates() {}

// Type returns "incident.note_added".
func (NoteAdded) Type() string { return "incident.note_added" }

// Accept calls VisitNoteAdded.
func (e NoteAdded) Accept(v Visitor) { v.VisitNoteAdded(e) }

func (e NoteAdded) traits() traits { return ignorable | editable | content.when(e.Text != "") }

func (NoteAdded) evolve(s State, _ Meta) State { return s }
