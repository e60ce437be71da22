package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// SearchQuery says which entries are looked for.
type SearchQuery struct {
	// Words is what a person types: words, "phrases", -excluded, or.
	Words string
	// Incident restricts the search to one; empty: everywhere.
	Incident incident.ID
	// After is the last entry of the page before; nil for the first page.
	After *SearchCursor
	Limit int
}

// SearchCursor is the place of an entry among what was found.
type SearchCursor struct {
	RecordedAt time.Time
	Incident   incident.ID
	Revision   int64
}

// Found is an entry with its incident.
type Found struct {
	view.Entry
	Incident incident.ID
	Number   int64
}

// Search returns entries in whose text the words stand, newest first, and
// whether there are more. What is hidden or redacted is not found.
func (s *Snapshot) Search(ctx context.Context, q SearchQuery) ([]Found, bool, error) {
	w := where{args: s.visibleArgs()}
	w.and(visible)
	w.and("w.words @@ websearch_to_tsquery('english', ?)", q.Words)
	if q.Incident != "" {
		w.and("w.incident_id = ?", string(q.Incident))
	}
	if q.After != nil {
		w.and("(w.recorded_at, w.incident_id, w.revision) < (?, ?, ?)", q.After.RecordedAt, string(q.After.Incident), q.After.Revision)
	}
	limit := w.arg(q.Limit + 1)
	rows, err := s.query(ctx, "select i.id, i.number, "+entryColumns+` from entry_words w
		join incident i on i.id = w.incident_id
		join entry e on e.incident_id = w.incident_id and e.revision = w.revision
		where `+w.String()+" order by w.recorded_at desc, w.incident_id desc, w.revision desc limit "+limit, w.args...)
	if err != nil {
		return nil, false, postgres.Wrap("search entries", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Found, error) {
		var f Found
		return f, row.Scan(append([]any{&f.Incident, &f.Number}, targets(&f.Entry)...)...)
	})
	if err != nil {
		return nil, false, postgres.Wrap("search entries", err)
	}
	more := len(found) > q.Limit
	return found[:min(len(found), q.Limit)], more, nil
}
