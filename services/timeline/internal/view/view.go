package view

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Version is that of the fold. It is raised whenever the same events give other
// rows, or needs other tables, so that views are rebuilt; a new type of event raises it by itself.
func Version() int { return foldVersion + len(incident.Types()) }

const foldVersion = 7

var (
	// ErrGap means that the event is not the next one of its incident.
	ErrGap = errors.New("the event is not the next one of its incident")
	// ErrNotDeclared means that the incident does not begin with its declaration.
	ErrNotDeclared = errors.New("the incident does not begin with its declaration")
	// ErrUnknown means that a later version wrote an event that must not be passed
	// over.
	ErrUnknown = errors.New("the event was written by a later version of this program")
)

// View is one incident with its entries. Its zero value is an incident of which
// nothing is known yet. It is not safe for concurrent use.
type View struct {
	Incident Incident
	// Entries are in the order of their revisions. The zero-based index is the
	// revision minus one, but for views that [HappenedAt] made.
	Entries []Entry
	// Measured is what every check showed, in the order in which they came; the latest
	// ones. [Incident.Checks] has the last one of each metric.
	Measured []Check

	touched     []uint64
	corrections []correction
	original    declaration
	// titleUntil bounds the corrections of the title that count; zero: all do.
	titleUntil time.Time
}

// correction is what an edit made of an entry.
type correction struct {
	revision, target uint64
	occurredAt       time.Time
	text             string
	redacted         bool
}

// declaration is what stood in the declaration at first.
type declaration struct {
	entry          uint64
	title, summary string
}

// Apply folds the next event. It returns [ErrGap], [ErrUnknown] or, when the first
// one is not the declaration, [ErrNotDeclared], and leaves the view as it was then.
// An event whose content was redacted gives the same view
// as the original followed by its redaction, but for the entry of the latter.
func (v *View) Apply(r incident.Recorded) error {
	if r.Revision != v.Incident.Revision+1 {
		return fmt.Errorf("fold revision %d after %d: %w", r.Revision, v.Incident.Revision, ErrGap)
	}
	if err := foldable(r); err != nil {
		return err
	}
	if _, declared := r.Event.(incident.Declared); r.Revision == 1 && !declared {
		return fmt.Errorf("fold revision 1 (%s): %w", r.Event.Type(), ErrNotDeclared)
	}
	v.fold(r)
	return nil
}

// Reaches calls visit with each revision whose entry a curation of target may
// change: the target itself, and what it corrects.
func (v *View) Reaches(target uint64, visit func(revision uint64)) {
	visit(target)
	for i := range v.corrections {
		if v.corrections[i].revision == target {
			visit(v.corrections[i].target)
		}
	}
}

// Insert puts back an entry that somebody took out of Entries, which is in order.
func (v *View) Insert(e Entry) {
	i, found := slices.BinarySearchFunc(v.Entries, e.Revision, byRevision)
	if !found {
		v.Entries = slices.Insert(v.Entries, i, e)
	}
}

func byRevision(e Entry, r uint64) int { return int(int64(e.Revision) - int64(r)) }

// Touched returns the revisions of the entries that were added or changed since
// it was last asked, some perhaps twice. The slice is valid until the view is
// folded on.
func (v *View) Touched() []uint64 {
	touched := v.touched
	v.touched = v.touched[:0]
	return touched
}

func foldable(r incident.Recorded) error {
	if r.Event == nil {
		return fmt.Errorf("fold revision %d: %w", r.Revision, ErrUnknown)
	}
	if u, ok := r.Event.(incident.Unrecognized); ok && u.Critical {
		return fmt.Errorf("fold revision %d (%s): %w", r.Revision, u.Name, ErrUnknown)
	}
	return nil
}

// fold applies an event whatever its revision is.
func (v *View) fold(r incident.Recorded) {
	v.Incident.Revision = r.Revision
	v.Incident.UpdatedAt = r.RecordedAt
	v.Incident.Clocks.Apply(r)
	v.touched = append(v.touched, r.Revision)
	v.Entries = append(v.Entries, Entry{
		Revision: r.Revision, Type: r.Event.Type(), EventID: r.EventID, OccurredAt: r.OccurredAt,
		RecordedAt: r.RecordedAt, Actor: r.Actor, ClockAdjusted: r.ClockAdjusted, Redacted: r.Redacted,
	})
	r.Event.Accept(&folding{View: v, meta: r.Meta, entry: &v.Entries[len(v.Entries)-1]})
}

// folding is the fold of one event.
type folding struct {
	*View
	meta  incident.Meta
	entry *Entry
}

var _ incident.Visitor = (*folding)(nil)

// Entry returns the entry at a revision, nil when the view has none.
func (v *View) Entry(revision uint64) *Entry {
	if i := revision - 1; i < uint64(len(v.Entries)) && v.Entries[i].Revision == revision {
		return &v.Entries[i]
	}
	i, found := slices.BinarySearchFunc(v.Entries, revision, byRevision)
	if !found {
		return nil
	}
	return &v.Entries[i]
}

// joinText puts a title before a text.
func joinText(title, text string) string {
	if text == "" {
		return title
	}
	return strings.TrimLeft(title+"\n\n"+text, "\n")
}
