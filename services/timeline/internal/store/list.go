package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// ListQuery says which incidents are wanted. Its zero value is every incident
// that is neither a drill nor planned maintenance.
type ListQuery struct {
	Open          bool // somebody still works on it
	IncludeMerged bool // also, in open lists, those that were merged while open
	Statuses      []incident.Status
	Severities    []incident.Severity
	Services      []string          // any of these
	Search        string            // words that stand in one of its entries
	Person        incident.PersonID // holds a role
	Since, Until  time.Time         // declared at or after, and before; zero: no bound
	Drills        bool              // also drills
	Maintenance   bool              // also planned maintenance

	// After is the last incident of the page before; nil for the first page.
	After *ListCursor
	Limit int
}

// ListCursor is the place of an incident in lists.
type ListCursor struct {
	DeclaredAt time.Time
	Number     int64
}

// List returns incidents without names, newest first, and whether there are
// more.
func (s *Snapshot) List(ctx context.Context, q ListQuery) ([]*timelinev1.Incident, bool, error) {
	w := where{args: s.visibleArgs()}
	w.and(visible)
	w.list(q)
	rows, err := s.conn.Query(ctx, "select i.document, exists (select from quarantine q where q.incident_id = i.id) from incident i where "+
		w.String()+" order by i.declared_at desc, i.number desc limit "+strconv.Itoa(q.Limit+1), w.args...)
	if err != nil {
		return nil, false, postgres.Wrap("list incidents", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*timelinev1.Incident, error) { return scanIncident(row) })
	if err != nil {
		return nil, false, postgres.Wrap("list incidents", err)
	}
	more := len(found) > q.Limit
	return found[:min(len(found), q.Limit)], more, nil
}

// where collects conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

// and adds a condition, in which each "?" stands for the next argument.
func (w *where) and(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) String() string { return strings.Join(w.conditions, " and ") }

func (w *where) list(q ListQuery) {
	switch {
	case q.Open && q.IncludeMerged:
		w.and("(i.open or i.merged and i.status in ('triage', 'investigating', 'identified', 'monitoring'))")
	case q.Open:
		w.and("i.open")
	}
	if len(q.Statuses) > 0 {
		w.and("i.status = any(?)", names(q.Statuses))
	}
	if len(q.Severities) > 0 {
		w.and("i.severity = any(?)", names(q.Severities))
	}
	if len(q.Services) > 0 {
		w.and("i.services && ?", q.Services)
	}
	if q.Search != "" {
		w.and("exists (select from entry_words w where w.incident_id = i.id and w.words @@ websearch_to_tsquery('english', ?))", q.Search)
	}
	if q.Person != "" {
		w.and("i.holders @> array[?]", string(q.Person))
	}
	if !q.Since.IsZero() {
		w.and("i.declared_at >= ?", q.Since)
	}
	if !q.Until.IsZero() {
		w.and("i.declared_at < ?", q.Until)
	}
	if !q.Drills {
		w.and("not i.drill")
	}
	if !q.Maintenance {
		w.and("i.kind <> 'maintenance'")
	}
	if q.After != nil {
		w.and("(i.declared_at, i.number) < (?, ?)", q.After.DeclaredAt, q.After.Number)
	}
}

// names are the words that the columns hold.
func names[T interface{ String() string }](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.String()
	}
	return out
}
