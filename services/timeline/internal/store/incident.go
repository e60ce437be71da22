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
	"github.com/bridgelog/bridgelog/pkg/postgres"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// ErrNotFound means that there is no such incident for the viewer.
var ErrNotFound = errors.New("there is no such incident")

// visible is the condition under which an incident i exists for a viewer, given
// as the first two arguments. It is part of every query.
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

// Incident returns an incident without names. It returns [ErrNotFound].
func (s *Snapshot) Incident(ctx context.Context, r Ref) (*timelinev1.Incident, error) {
	const query = "select i.document, exists (select from quarantine q where q.incident_id = i.id) from incident i where " +
		visible + " and "
	var row pgx.Row
	if r.Number > 0 {
		row = s.conn.QueryRow(ctx, query+"i.number = $3 order by i.id limit 1", append(s.visibleArgs(), r.Number)...)
	} else {
		row = s.conn.QueryRow(ctx, query+"i.id = $3", append(s.visibleArgs(), string(r.ID))...)
	}
	i, err := scanIncident(row)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	return i, postgres.Wrap("read incident", err)
}

func scanIncident(row pgx.Row) (*timelinev1.Incident, error) {
	var document []byte
	var quarantined bool
	if err := row.Scan(&document, &quarantined); err != nil {
		return nil, err
	}
	i := &timelinev1.Incident{}
	if err := proto.Unmarshal(document, i); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	i.Quarantined = quarantined
	return i, nil
}

// Visible returns those of the given incidents that exist for the viewer.
func (s *Snapshot) Visible(ctx context.Context, ids []string) (map[incident.ID]bool, error) {
	rows, err := s.conn.Query(ctx, "select i.id from incident i where "+visible+" and i.id = any($3)", append(s.visibleArgs(), ids)...)
	if err != nil {
		return nil, postgres.Wrap("check visibility", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, postgres.Wrap("check visibility", err)
	}
	seen := make(map[incident.ID]bool, len(found))
	for _, id := range found {
		seen[incident.ID(id)] = true
	}
	return seen, nil
}
