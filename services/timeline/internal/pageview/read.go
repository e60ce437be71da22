package pageview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

var (
	// ErrNotFound: there is no such page for the viewer.
	ErrNotFound = errors.New("there is no such page")
	// ErrAmbiguous: several pages begin with what was given.
	ErrAmbiguous = errors.New("several pages begin like that")
)

// Query says which pages are looked for. The zero value is all of them.
type Query struct {
	// Shadow is only shadows, or only those that call; nil: both.
	Shadow *bool
	// Open is only those whose alert is not over.
	Open bool
	// Since and Until bound when it was asked for, Until excluded; zero: no bound.
	Since, Until time.Time
	// Alert, Team, Route and Person are only those of one; the person by id.
	Alert, Team, Route, Person string
	// After is the last page of the list before; nil for the first.
	After *Cursor
	// Limit is the size of the list.
	Limit int
}

// Cursor is the place of a page in a list.
type Cursor struct {
	// Requested is when it was asked for, in microseconds since 1970.
	Requested int64
	// ID is its id.
	ID string
}

// A page exists for whom its alert does.
const selectPage = `select p.id, p.state, a.title, a.incident_id, coalesce(i.number, 0), a.suppressed
	from timeline_page.page p join timeline_alert.alert a on a.id = p.alert_id left join incident i on i.id = a.incident_id where `

// List returns pages that exist for the viewer, the latest first, and whether there are
// more.
func List(ctx context.Context, s *store.Snapshot, q Query) ([]*signalv1.Page, bool, error) {
	conditions := []string{store.VisibleOrNone("a.incident_id")}
	var args []any
	and := func(condition string, values ...any) {
		for _, value := range values {
			args = append(args, value)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)+2), 1)
		}
		conditions = append(conditions, condition)
	}
	q.conditions(and)
	found, err := read(ctx, s, selectPage+strings.Join(conditions, " and ")+
		" order by p.requested_us desc, p.id desc limit "+strconv.Itoa(q.Limit+1), args...)
	return found[:min(len(found), q.Limit)], len(found) > q.Limit, err
}

func (q Query) conditions(and func(string, ...any)) {
	if q.Shadow != nil {
		and("p.shadow = ?", *q.Shadow)
	}
	if q.Open {
		and("p.ended_us = 0")
	}
	if !q.Since.IsZero() {
		and("p.requested_us >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		and("p.requested_us < ?", q.Until.UnixMicro())
	}
	for _, c := range []struct{ condition, value string }{
		{"p.alert_id = ?", q.Alert}, {"p.team = ?", q.Team}, {"p.route = ?", q.Route}, {"p.people @> array[?::text]", q.Person},
	} {
		if c.value != "" {
			and(c.condition, c.value)
		}
	}
	if q.After != nil {
		and("(p.requested_us, p.id) < (?, ?)", q.After.Requested, q.After.ID)
	}
}

// Get returns the page whose id is, or begins with, the given letters and digits. It
// returns [ErrNotFound] or [ErrAmbiguous].
func Get(ctx context.Context, s *store.Snapshot, id string) (*signalv1.Page, error) {
	found, err := read(ctx, s, selectPage+store.VisibleOrNone("a.incident_id")+
		" and p.id >= $3 and p.id < $3 || '~' order by p.id limit 2", id)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, ErrNotFound
	case len(found) > 1 && found[0].GetId() != id:
		return nil, ErrAmbiguous
	}
	return found[0], nil
}

func read(ctx context.Context, s *store.Snapshot, sql string, args ...any) ([]*signalv1.Page, error) {
	rows, err := s.Query(ctx, "read pages", sql, args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, scan)
	return found, postgres.Wrap("read pages", err)
}

func scan(row pgx.CollectableRow) (*signalv1.Page, error) {
	var id, document, title, incident string
	var number int64
	var suppressed bool
	if err := row.Scan(&id, &document, &title, &incident, &number, &suppressed); err != nil {
		return nil, err
	}
	var state page.State
	if err := json.Unmarshal([]byte(document), &state); err != nil {
		return nil, fmt.Errorf("decode page %s: %w", id, err)
	}
	p := wire(state)
	p.Id, p.AlertTitle, p.IncidentId, p.IncidentNumber = id, title, incident, uint64(number)
	p.Suppressed = suppressed && state.Calls()
	return p, nil
}
