package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// EntryQuery says which entries of an incident are wanted.
type EntryQuery struct {
	Incident     incident.ID
	ByOccurrence bool      // in the order in which it happened, instead of by revision
	Everything   bool      // also what is hidden, and the curations themselves
	PinnedOnly   bool      // only what is pinned
	Since, Until time.Time // happened at or after, and before; zero: no bound

	// After is the last entry of the page before; nil for the first page.
	After *EntryCursor
	Limit int
}

// EntryCursor is the place of an entry in its incident.
type EntryCursor struct {
	OccurredAt time.Time
	Revision   int64
}

const entryColumns = `e.revision, e.type, e.event_id, e.occurred_at, e.recorded_at, e.actor, e.headline, e.body,
	e.original, e.label, e.author, e.target, e.edited, e.pinned, e.hidden, e.redacted, e.curation, e.clock_adjusted`

// Entries returns entries of an incident, and whether there are more. Nothing is
// returned of an incident that does not exist for the viewer.
func (s *Snapshot) Entries(ctx context.Context, q EntryQuery) ([]view.Entry, bool, error) {
	w := where{args: s.visibleArgs()}
	w.and("e.incident_id = ?", string(q.Incident))
	w.and("exists (select from incident i where i.id = e.incident_id and " + visible + ")")
	w.entries(q)
	order := "e.revision"
	if q.ByOccurrence {
		order = "e.occurred_at, e.revision"
	}
	limit := w.arg(q.Limit + 1)
	rows, err := s.query(ctx, "select "+entryColumns+" from entry e where "+w.String()+
		" order by "+order+" limit "+limit, w.args...)
	if err != nil {
		return nil, false, postgres.Wrap("list entries", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (view.Entry, error) {
		var e view.Entry
		return e, row.Scan(targets(&e)...)
	})
	if err != nil {
		return nil, false, postgres.Wrap("list entries", err)
	}
	more := len(found) > q.Limit
	return found[:min(len(found), q.Limit)], more, nil
}

func (w *where) entries(q EntryQuery) {
	if !q.Everything {
		w.and("not e.hidden and not e.curation")
	}
	if q.PinnedOnly {
		w.and("e.pinned")
	}
	if !q.Since.IsZero() {
		w.and("e.occurred_at >= ?", q.Since)
	}
	if !q.Until.IsZero() {
		w.and("e.occurred_at < ?", q.Until)
	}
	switch {
	case q.After == nil:
	case q.ByOccurrence:
		w.and("(e.occurred_at, e.revision) > (?, ?)", q.After.OccurredAt, q.After.Revision)
	default:
		w.and("e.revision > ?", q.After.Revision)
	}
}

// targets are where entryColumns are scanned to.
func targets(e *view.Entry) []any {
	return []any{
		&e.Revision, &e.Type, &e.EventID, &e.OccurredAt, &e.RecordedAt, &e.Actor, &e.Headline, &e.Text,
		&e.Original, &e.Label, &e.Author, &e.Target, &e.Edited, &e.Pinned, &e.Hidden, &e.Redacted,
		&e.Curation, &e.ClockAdjusted,
	}
}
