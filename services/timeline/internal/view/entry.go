package view

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Entry is one event as a reader sees it on the timeline.
type Entry struct {
	Revision   uint64
	Type       string // as in the envelope
	EventID    string
	OccurredAt time.Time
	RecordedAt time.Time
	Actor      incident.PersonID

	// Headline is one line without what people wrote; ids of people stand between
	// marks, see [Name].
	Headline string
	// Text is what was written, Markdown: the corrected text when it was edited.
	Text string
	// Original is what was written at first, when it was edited.
	Original string
	Label    string // kind of note
	Author   string // who said it, when that is nobody with an account
	// Target is the revision of the entry that a curation is about; else 0.
	Target uint64

	Edited, Pinned, Hidden, Redacted, ClockAdjusted bool
	// Curation is true for an edit, a pin, a hiding and a redaction: they have no
	// place of their own on the curated timeline.
	Curation bool
}

// Shown reports whether the entry stands on the curated timeline.
func (e *Entry) Shown() bool { return !e.Curation && !e.Hidden }
