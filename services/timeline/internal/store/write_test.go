package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// entry is a note.
func entry(revision uint64, change ...func(*view.Entry)) row.Entry {
	e := view.Entry{Revision: revision, Type: "incident.note_added", Text: "zebra", OccurredAt: time.Unix(1, 0), RecordedAt: time.Unix(2, 0)}
	for _, c := range change {
		c(&e)
	}
	return row.Entry{IncidentID: "one", Entry: e}
}

// TestOnlyWhatReplacesContentAsksForAnErasure: rows that were redacted when they
// were first written leave nothing behind.
func TestOnlyWhatReplacesContentAsksForAnErasure(t *testing.T) {
	s, pool := prepared(t)
	redacted := func(e *view.Entry) { e.Redacted, e.Text = true, "" }
	for _, step := range []struct {
		name    string
		entries []row.Entry
		want    int64
	}{
		{"content", []row.Entry{entry(1), entry(2)}, 0},
		{"redacted at first", []row.Entry{entry(3, redacted)}, 0},
		{"redacted again", []row.Entry{entry(3, redacted)}, 0},
		{"one of two", []row.Entry{entry(1), entry(2, redacted)}, 1},
		{"the same", []row.Entry{entry(2, redacted)}, 1},
		{"the other", []row.Entry{entry(1, redacted), entry(4)}, 2},
	} {
		write(t, pool, fold.Rows{Entries: step.entries})
		e, err := s.Erasure(t.Context())
		if err != nil || e.Wanted != step.want || e.Done != 0 || e.Pending() != (step.want > 0) || e.Bytes == 0 {
			t.Errorf("%s: %+v, %v", step.name, e, err)
		}
	}
	e, err := s.Erasure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	write(t, pool, fold.Rows{Entries: []row.Entry{entry(4, redacted)}})
	if err := e.Erased(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Erasure(t.Context()); err != nil || again.Done != 2 || !again.Pending() {
		t.Errorf("what was redacted meanwhile is forgotten: %+v, %v", again, err)
	}
}

// TestWordsFollowTheirEntries: what is hidden, redacted or corrected is not found
// by what it said.
func TestWordsFollowTheirEntries(t *testing.T) {
	s, pool := prepared(t)
	write(t, pool, fold.Rows{Incidents: []row.Incident{some("one", 1)}})
	find := func(words string) int {
		var found []store.Found
		err := s.Read(t.Context(), "test", store.Viewer{}, func(snapshot *store.Snapshot) (err error) {
			found, _, err = snapshot.Search(t.Context(), store.SearchQuery{Words: words, Limit: 10})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	for _, step := range []struct {
		name            string
		entry           row.Entry
		zebras, giraffe int
	}{
		{"written", entry(1), 1, 0},
		{"corrected", entry(1, func(e *view.Entry) { e.Edited, e.Original, e.Text = true, "zebra", "giraffes" }), 0, 1},
		{"hidden", entry(1, func(e *view.Entry) { e.Hidden = true }), 0, 0},
		{"shown", entry(1), 1, 0},
		{"redacted", entry(1, func(e *view.Entry) { e.Redacted, e.Text = true, "" }), 0, 0},
	} {
		write(t, pool, fold.Rows{Entries: []row.Entry{step.entry}})
		if z, g := find("zebras"), find("giraffe"); z != step.zebras || g != step.giraffe {
			t.Errorf("%s: %d zebras, %d giraffes", step.name, z, g)
		}
	}
}

func TestAnotherFoldDoesNotWrite(t *testing.T) {
	_, pool := prepared(t)
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return store.Enter(t.Context(), tx, foldVersion+1) })
	if !errors.Is(err, store.ErrOutdated) {
		t.Errorf("err = %v", err)
	}
}

func TestReferences(t *testing.T) {
	for text, want := range map[string]store.Ref{
		"INC-41": {Number: 41}, "inc-41": {Number: 41}, "41": {Number: 41}, "inc00001": {ID: "inc00001"},
	} {
		if got, err := store.ParseRef(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "+41", "a b", "INC-41; drop table incident"} {
		if got, err := store.ParseRef(text); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}
