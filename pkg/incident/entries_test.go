package incident_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// notes is the past in which Bob commands and Cy wrote entry 3.
func notes(more ...incident.Event) []act {
	return past(commanded(), by(cy, incident.NoteAdded{Text: "pool is 20"}), by(cy, more...))
}

func TestSaying(t *testing.T) {
	run(t, []scenario{
		{
			name: "update", given: commanded(), when: incident.PostUpdate{Text: "x", Author: "vendor"},
			then: []incident.Event{incident.UpdatePosted{Text: "x", Author: "vendor"}},
		},
		{name: "note", given: mergedPast(), when: incident.AddNote{Text: "x", Label: "k8s.event"}, then: []incident.Event{incident.NoteAdded{Text: "x", Label: "k8s.event"}}},
		{
			name: "pinned note", given: declared(), when: incident.AddNote{Text: "x", Pinned: true},
			then: []incident.Event{incident.NoteAdded{Text: "x"}, incident.EntryPinned{Entry: 2, Pinned: true}},
		},
		bad("empty update", "text", "required", incident.PostUpdate{Text: "\n"}),
		bad("empty note", "text", "required", incident.AddNote{}),
		bad("label", "label", "not_a_label", incident.AddNote{Text: "x", Label: "Hypothesis"}),
		bad("author", "author", "not_a_name", incident.AddNote{Text: "x", Author: "a\nb"}),
	})
}

func TestEditEntry(t *testing.T) {
	edit := incident.EditEntry{Entry: 3, Text: "pool is 25", Reason: "misread"}
	edited := []incident.Event{incident.EntryEdited(edit)}
	public := commanded(incident.PublicUpdatePublished{UpdateID: "u", Message: "m"}, incident.RoleAssigned{Role: incident.CommunicationsLead, Person: cy})
	run(t, []scenario{
		{name: "by the author", given: notes(), who: cy, when: edit, then: edited},
		{name: "by the commander", given: notes(), who: bob, when: edit, then: edited},
		{name: "by another", given: notes(), when: edit, refused: incident.Denied, reason: "not_author"},
		{name: "public update by the communications lead", given: public, who: cy, when: edit, then: edited},
		{
			name: "public update by another", given: public, when: edit,
			refused: incident.Denied, reason: "not_communications_lead",
		},
		{
			name: "redacted", given: notes(incident.EntryRedacted{Entry: 3}), who: cy, when: edit,
			refused: incident.WrongState, reason: "redacted",
		},
		{
			name: "a correction", given: notes(incident.EntryEdited{Entry: 3, Text: "x"}), who: cy, when: incident.EditEntry{Entry: 4, Text: "y"},
			refused: incident.WrongState, reason: "not_editable",
		},
		{
			name: "facts only", given: notes(), who: bob, when: incident.EditEntry{Entry: 2, Text: "y"},
			refused: incident.WrongState, reason: "not_editable",
		},
		{
			name: "no such entry", given: notes(), who: cy, when: incident.EditEntry{Entry: 4, Text: "y"},
			refused: incident.NotFound, reason: "no_such_entry", field: "entry",
		},
		{
			name: "entry zero", given: notes(), who: cy, when: incident.EditEntry{Text: "y"},
			refused: incident.NotFound, reason: "no_such_entry", field: "entry",
		},
		bad("no text", "text", "required", incident.EditEntry{Entry: 1}),
	})
}

func TestTitleFollowsCorrections(t *testing.T) {
	correct := func(text string) incident.Event { return incident.EntryEdited{Entry: 1, Text: text} }
	redact := func(entry uint64) incident.Event { return incident.EntryRedacted{Entry: entry} }
	tests := []struct {
		name  string
		given []act
		want  string
	}{
		{"as declared", declared(), "Checkout returns 502"},
		{"corrected", declared(correct("Payments fail\n\nsince 3")), "Payments fail"},
		{"redacted", declared(redact(1)), ""},
		{"corrected after the redaction", declared(redact(1), correct("Again named")), "Again named"},
		{"an older correction redacted", declared(correct("a"), correct("b"), redact(2)), "b"},
		{"the last correction redacted", declared(correct("a"), correct("b"), redact(3)), ""},
	}
	for _, tt := range tests {
		if got := fold(tt.given).Title; got != tt.want {
			t.Errorf("%s: title %q, want %q", tt.name, got, tt.want)
		}
	}
	run(t, []scenario{
		{
			name: "a redacted declaration may be named again", given: declared(redact(1)), when: incident.EditEntry{Entry: 1, Text: "New"},
			then: []incident.Event{incident.EntryEdited{Entry: 1, Text: "New"}},
		},
	})
}

func TestPinAndHide(t *testing.T) {
	pin := incident.PinEntry{Entry: 3, Pinned: true}
	hide := incident.HideEntry{Entry: 3, Hidden: true, Reason: "noise"}
	run(t, []scenario{
		{name: "pin own", given: notes(), who: cy, when: pin, then: []incident.Event{incident.EntryPinned(pin)}},
		{name: "pin as commander", given: notes(), who: bob, when: pin, then: []incident.Event{incident.EntryPinned(pin)}},
		{
			name: "pin as scribe", given: notes(incident.RoleAssigned{Role: incident.Scribe, Person: ann}), when: pin,
			then: []incident.Event{incident.EntryPinned(pin)},
		},
		{name: "pin as another", given: notes(), when: pin, refused: incident.Denied, reason: "not_author"},
		{name: "pin twice", given: notes(incident.EntryPinned(pin)), who: cy, when: pin, nothing: true},
		{name: "let go", given: notes(incident.EntryPinned(pin)), who: cy, when: incident.PinEntry{Entry: 3}, then: []incident.Event{incident.EntryPinned{Entry: 3}}},
		{
			name: "pin a pin", given: notes(incident.EntryPinned(pin)), who: cy, when: incident.PinEntry{Entry: 4, Pinned: true},
			refused: incident.WrongState, reason: "not_an_entry",
		},
		{name: "hide own", given: notes(), who: cy, when: hide, then: []incident.Event{incident.EntryHidden(hide)}},
		{name: "hide another's", given: notes(), when: hide, refused: incident.Denied, reason: "not_author"},
		{name: "hide twice", given: notes(incident.EntryHidden(hide)), who: cy, when: hide, nothing: true},
		{name: "show", given: notes(incident.EntryHidden(hide)), who: cy, when: incident.HideEntry{Entry: 3}, then: []incident.Event{incident.EntryHidden{Entry: 3}}},
	})
}

func TestRedactEntry(t *testing.T) {
	redact := incident.RedactEntry{Entry: 3, ReasonCode: "secret", Reason: "r"}
	gone := func(entry uint64) incident.Event {
		return incident.EntryRedacted{Entry: entry, ReasonCode: "secret", Reason: "r"}
	}
	correction := incident.EntryEdited{Entry: 3, Text: "x"}
	run(t, []scenario{
		{name: "own", given: notes(), who: cy, when: redact, then: []incident.Event{gone(3)}},
		{name: "another's", given: notes(), when: redact, refused: incident.Denied, reason: "not_author"},
		{name: "with its corrections", given: notes(correction, correction), who: cy, when: redact, then: []incident.Event{gone(3), gone(4), gone(5)}},
		{
			name: "only a correction", given: notes(correction), who: cy,
			when: incident.RedactEntry{Entry: 4, ReasonCode: "secret", Reason: "r"}, then: []incident.Event{gone(4)},
		},
		{name: "twice", given: notes(gone(3)), who: cy, when: redact, nothing: true},
		{name: "what a later correction left", given: notes(correction, gone(4)), who: cy, when: redact, then: []incident.Event{gone(3)}},
		{
			name: "a redaction", given: notes(gone(3)), who: cy, when: incident.RedactEntry{Entry: 4, ReasonCode: "legal"},
			refused: incident.WrongState, reason: "is_a_redaction",
		},
		{
			name: "facts only", given: notes(), who: bob, when: incident.RedactEntry{Entry: 2, ReasonCode: "legal"},
			refused: incident.WrongState, reason: "no_content",
		},
		{
			name: "what a later version wrote", given: notes(incident.Unrecognized{Name: "incident.applauded"}), who: cy,
			when: incident.RedactEntry{Entry: 4, ReasonCode: "secret", Reason: "r"}, then: []incident.Event{gone(4)},
		},
		bad("reason code", "reason_code", "unknown_reason_code", incident.RedactEntry{Entry: 1}),
	})
}

func TestEntry(t *testing.T) {
	s := fold(notes(
		incident.EntryEdited{Entry: 3, Text: "x"}, incident.EntryPinned{Entry: 3, Pinned: true},
		incident.EntryHidden{Entry: 3, Hidden: true}, incident.EntryRedacted{Entry: 3}, incident.EntryRedacted{Entry: 99},
	))
	got, found := s.Entry(3)
	want := incident.Entry{
		Revision: 3, Type: "incident.note_added", Author: cy, Content: true, Editable: true,
		Pinned: true, Hidden: true, Redacted: true,
	}
	if !found || got != want {
		t.Errorf("entry 3: %+v, want %+v", got, want)
	}
	if got, _ := s.Entry(4); got.Corrects != 3 {
		t.Errorf("entry 4 corrects %d, want 3", got.Corrects)
	}
	if _, found := s.Entry(s.Revision + 1); found {
		t.Error("found an entry after the last one")
	}
}
