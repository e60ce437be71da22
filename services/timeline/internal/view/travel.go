package view

import (
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// ErrNotYet means that at the time asked for nothing was known of the incident,
// or nothing had happened.
var ErrNotYet = errors.New("there was nothing of this incident at that time")

// Fold returns the view of an incident's events, in order. When an event cannot
// be folded it returns the view up to there together with the error.
func Fold(records []incident.Recorded) (*View, error) {
	v := &View{}
	for i := range records {
		if err := v.Apply(records[i]); err != nil {
			return v, err
		}
	}
	return v, nil
}

// KnownAt returns what was known at a time: the view of the longest beginning of
// the records that had been written down by then. What is redacted today is
// redacted there too. records are all of the incident; redacted are entries
// redacted by events that could not be read as part of them. Nothing by then is
// [ErrNotYet].
func KnownAt(records []incident.Recorded, redacted []uint64, at time.Time) (*View, error) {
	known := 0
	for known < len(records) && !records[known].RecordedAt.After(at) {
		known++
	}
	if known == 0 {
		return nil, ErrNotYet
	}
	v, err := Fold(records[:known])
	for _, r := range records[known:] {
		if e, ok := r.Event.(incident.EntryRedacted); ok {
			v.Redact(e.Entry)
		}
	}
	for _, revision := range redacted {
		v.Redact(revision)
	}
	return v, err
}

// HappenedAt returns what is known today about a time: the entries that had
// happened by then, with today's corrections, and for each attribute of the
// incident the value that was written down last among those that had begun to
// hold by then. So a value holds from when it happened until a value that was
// written down later begins, and what was said later about an earlier time wins.
// States are never derived backwards.
//
// records and redacted are as for [KnownAt]. Nothing by then is [ErrNotYet].
func HappenedAt(records []incident.Recorded, redacted []uint64, at time.Time) (*View, error) {
	v := &View{titleUntil: at}
	happened := false
	for _, r := range records {
		if err := foldable(r); err != nil {
			return v, err
		}
		if Curates(r.Event) {
			v.curate(r)
			continue
		}
		if e, ok := r.Event.(incident.Declared); ok {
			v.identify(e, r.Meta)
		}
		if !r.OccurredAt.After(at) {
			happened = true
			v.fold(r)
		}
		v.Incident.Revision, v.Incident.UpdatedAt = r.Revision, r.RecordedAt
	}
	for _, revision := range redacted {
		v.Redact(revision)
	}
	if !happened {
		return nil, ErrNotYet
	}
	return v, nil
}

// Curates reports whether an event is about another entry and has no place of its
// own on the timeline. A test holds that it agrees with the fold.
func Curates(e incident.Event) bool {
	switch e.Type() {
	case incident.EntryEdited{}.Type(), incident.EntryPinned{}.Type(), incident.EntryHidden{}.Type(), incident.EntryRedacted{}.Type():
		return true
	}
	return false
}

// curate applies what today is known of entries, whenever it was said, without
// an entry of its own.
func (v *View) curate(r incident.Recorded) {
	v.fold(r)
	v.Entries = v.Entries[:len(v.Entries)-1]
}
