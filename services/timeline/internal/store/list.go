package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// ListQuery says which incidents are wanted. Its zero value is every incident
// that is neither a drill nor planned maintenance.
type ListQuery struct {
	Open          bool // somebody still works on it
	Waiting       bool // a clock of it may run or be overdue
	IncludeMerged bool // also, in open lists, those that were merged while open
	Statuses      []incident.Status
	Severities    []incident.Severity
	Services      []string          // any of these
	Categories    []string          // one of these
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
func (s *Snapshot) List(ctx context.Context, q ListQuery) ([]Clocked, bool, error) {
	w := where{args: s.visibleArgs()}
	from, place := w.listed(q.Services)
	w.and(visible)
	w.list(q)
	if q.After != nil {
		w.and("("+place+".declared_at, "+place+".number) < (?, ?)", q.After.DeclaredAt, q.After.Number)
	}
	limit := w.arg(q.Limit + 1)
	rows, err := s.query(ctx, "select i.document, i.id in (select incident_id from quarantine) from "+from+" where "+
		w.String()+" order by "+place+".declared_at desc, "+place+".number desc limit "+limit, w.args...)
	if err != nil {
		return nil, false, postgres.Wrap("list incidents", err)
	}
	found, err := pgx.CollectRows(rows, scanIncident)
	if err != nil {
		return nil, false, postgres.Wrap("list incidents", err)
	}
	more := len(found) > q.Limit
	return found[:min(len(found), q.Limit)], more, nil
}

func scanIncident(row pgx.CollectableRow) (Clocked, error) {
	var document pgtype.DriverBytes // of the connection: read before the next row
	var quarantined bool
	if err := row.Scan(&document, &quarantined); err != nil {
		return Clocked{}, err
	}
	return incidentOf(document, quarantined)
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

// arg adds an argument and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) String() string { return strings.Join(w.conditions, " and ") }

func (w *where) list(q ListQuery) {
	switch {
	case q.Open && q.IncludeMerged:
		w.and("(i.open or i.merged and i.status in ('triage', 'investigating', 'identified', 'monitoring'))")
	case q.Open:
		w.and("i.open")
	}
	if q.Waiting {
		w.and("i.waiting")
	}
	if len(q.Statuses) > 0 {
		w.and("i.status = any(?)", names(q.Statuses))
	}
	if len(q.Severities) > 0 {
		w.and("i.severity = any(?)", names(q.Severities))
	}
	if len(q.Categories) > 0 {
		w.and("i.category = any(?) and i.category <> ''", q.Categories)
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
}

// listed is where incidents are listed from, and the name of what holds their place:
// those that name any of the services, or all when there is none. Each service's list
// is in order; they are merged as far as they are read, an incident of two once.
func (w *where) listed(services []string) (from, place string) {
	if len(services) == 0 {
		return "incident i", "i"
	}
	lists := make([]string, len(services))
	for n, service := range services {
		lists[n] = "select declared_at, number, incident_id from incident_service where service = " + w.arg(service)
	}
	return "(select distinct on (declared_at, number, incident_id) * from (" + strings.Join(lists, " union all ") + `) each_service
		order by declared_at desc, number desc, incident_id) s join incident i on i.id = s.incident_id`, "s"
}

// names are the words that the columns hold.
func names[T interface{ String() string }](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.String()
	}
	return out
}
