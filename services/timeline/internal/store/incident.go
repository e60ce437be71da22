package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/clockfacts"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

// ErrNotFound means that there is no such incident for the viewer.
var ErrNotFound = errors.New("there is no such incident")

// visible is the condition under which an incident i exists for a viewer, given
// as the first two arguments. It is part of every query, also of those in
// queries.sql.
const visible = "($1 or not i.private or $2 = any(i.members))"

func (s *Snapshot) visibleArgs() []any { return []any{s.viewer.Everything, string(s.viewer.Person)} }

// Ref names an incident as people do: by number or by id.
type Ref struct {
	Number int64
	ID     incident.ID
}

// ParseRef reads "INC-41", "inc-41", "41" or a full id. What is none of them is
// [ErrNotFound], as is what does not exist.
func ParseRef(s string) (Ref, error) {
	digits := s
	if len(s) > 4 && strings.EqualFold(s[:4], "inc-") {
		digits = s[4:]
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil && n > 0 && digits[0] != '+' {
		return Ref{Number: n}, nil
	}
	if id := incident.ID(s); id.Valid() {
		return Ref{ID: id}, nil
	}
	return Ref{}, ErrNotFound
}

// Clocked is an incident without names, and what its clocks need to know.
type Clocked struct {
	*timelinev1.Incident

	facts []byte
}

// Facts is what its clocks need to know.
func (c Clocked) Facts() (clock.Facts, error) { return clockfacts.Decode(c.facts) }

// Incident returns an incident without names. It returns [ErrNotFound].
func (s *Snapshot) Incident(ctx context.Context, r Ref) (*timelinev1.Incident, error) {
	c, err := s.Clocked(ctx, r)
	return c.Incident, err
}

// Clocked returns an incident with what its clocks need to know. It returns
// [ErrNotFound].
func (s *Snapshot) Clocked(ctx context.Context, r Ref) (Clocked, error) {
	const op = "read incident"
	var found db.IncidentByIDRow
	var err error
	if r.Number > 0 {
		var byNumber db.IncidentByNumberRow
		byNumber, err = s.compiled().IncidentByNumber(ctx, db.IncidentByNumberParams{
			Everything: s.viewer.Everything, Person: string(s.viewer.Person), Number: r.Number,
		})
		found = db.IncidentByIDRow(byNumber)
	} else {
		found, err = s.compiled().IncidentByID(ctx, db.IncidentByIDParams{
			Everything: s.viewer.Everything, Person: string(s.viewer.Person), ID: string(r.ID),
		})
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return Clocked{}, ErrNotFound
	}
	if err != nil {
		return Clocked{}, postgres.Wrap(op, err)
	}
	return incidentOf(found.Document, found.Quarantined)
}

// incidentOf reads the document of an incident. What is meant for the model alone
// is taken out of it.
func incidentOf(document []byte, quarantined bool) (Clocked, error) {
	i := &timelinev1.Incident{}
	if err := proto.Unmarshal(document, i); err != nil {
		return Clocked{}, fmt.Errorf("read document: %w", err)
	}
	facts := i.GetClockFacts()
	i.Quarantined, i.ClockFacts = quarantined, nil
	return Clocked{Incident: i, facts: facts}, nil
}

// Visible returns those of the given incidents that exist for the viewer.
func (s *Snapshot) Visible(ctx context.Context, ids []string) (map[incident.ID]bool, error) {
	found, err := s.compiled().Visible(ctx, db.VisibleParams{
		Everything: s.viewer.Everything, Person: string(s.viewer.Person), Ids: ids,
	})
	if err != nil {
		return nil, postgres.Wrap("check visibility", err)
	}
	seen := make(map[incident.ID]bool, len(found))
	for _, id := range found {
		seen[incident.ID(id)] = true
	}
	return seen, nil
}

// Numbers returns the numbers of those of the given incidents that exist for the
// viewer.
func (s *Snapshot) Numbers(ctx context.Context, ids []string) (map[string]uint64, error) {
	const op = "read numbers"
	rows, err := s.query(ctx, "select i.id, i.number from incident i where "+visible+" and i.id = any($3)", append(s.visibleArgs(), ids)...)
	if err != nil {
		return nil, postgres.Wrap(op, err)
	}
	found := make(map[string]uint64, len(ids))
	var id string
	var number int64
	_, err = pgx.ForEachRow(rows, []any{&id, &number}, func() error {
		found[id] = uint64(number)
		return nil
	})
	return found, postgres.Wrap(op, err)
}
