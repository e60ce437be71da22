package changeview

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

var (
	// ErrNotFound: there is no such change.
	ErrNotFound = errors.New("there is no such change")
	// ErrAmbiguous: several changes begin with what was given.
	ErrAmbiguous = errors.New("several changes begin like that")
)

// Query says which changes are looked for. The zero value is all of them.
type Query struct {
	// Services and Kinds are only those of one of them; empty: of any.
	Services []string
	Kinds    []change.Kind
	// Environment and Source are only those of one; empty: of any.
	Environment, Source string
	// Since and Until bound the begin, Until excluded; zero: no bound.
	Since, Until time.Time
	// After is the last change of the page before; nil for the first page.
	After *Cursor
	// Limit is the size of the page.
	Limit int

	unchangedSince time.Time // only those of which nothing was told after it; zero: all
}

// Cursor is the place of a change in a list.
type Cursor struct {
	// Began is when it took effect, in microseconds since 1970.
	Began int64
	// ID is its id.
	ID string
}

// List returns changes, the latest first, and whether there are more.
func List(ctx context.Context, s *store.Snapshot, q Query) ([]*signalv1.Change, bool, error) {
	conditions := []string{"true"}
	var args []any
	and := func(condition string, values ...any) {
		for _, value := range values {
			args = append(args, value)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		conditions = append(conditions, condition)
	}
	q.conditions(and)
	found, err := read(ctx, s, strings.Join(conditions, " and ")+
		" order by began_us desc, id desc limit "+strconv.Itoa(q.Limit+1), args...)
	return found[:min(len(found), q.Limit)], len(found) > q.Limit, err
}

func (q Query) conditions(and func(string, ...any)) {
	if len(q.Services) > 0 {
		and("service = any(?::text[])", q.Services)
	}
	if len(q.Kinds) > 0 {
		kinds := make([]int32, len(q.Kinds))
		for i, k := range q.Kinds {
			kinds[i] = int32(k)
		}
		and("kind = any(?::integer[])", kinds)
	}
	if q.Environment != "" {
		and("environment = ?", q.Environment)
	}
	if q.Source != "" {
		and("source = ?", q.Source)
	}
	if !q.Since.IsZero() {
		and("began_us >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		and("began_us < ?", q.Until.UnixMicro())
	}
	if !q.unchangedSince.IsZero() {
		and("updated_us <= ?", q.unchangedSince.UnixMicro())
	}
	if q.After != nil {
		and("(began_us, id) < (?, ?)", q.After.Began, q.After.ID)
	}
}

// Get returns the change whose id is, or begins with, the given letters and digits. It
// returns [ErrNotFound] or [ErrAmbiguous].
func Get(ctx context.Context, s *store.Snapshot, id string) (*signalv1.Change, error) {
	found, err := read(ctx, s, "id >= $1 and id < $1 || '~' order by id limit 2", id)
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

func read(ctx context.Context, s *store.Snapshot, where string, args ...any) ([]*signalv1.Change, error) {
	rows, err := s.QueryShared(ctx, "read changes", "select "+strings.Join(columns(), ", ")+" from timeline_change.change where "+where, args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, postgres.Wrap("read changes", err)
	}
	changes := make([]*signalv1.Change, len(found))
	for i, r := range found {
		changes[i] = r.wire()
	}
	return changes, nil
}

func (r row) wire() *signalv1.Change {
	k := r.state.Known
	c := &signalv1.Change{
		Id: r.id, Source: k.Source, Key: k.Key, Kind: signalv1.ChangeKind(k.Kind), Service: k.Service, Environment: k.Environment,
		Version: k.Version, Outcome: signalv1.ChangeOutcome(k.Outcome), AuthorId: k.AuthorID, AuthorName: k.AuthorName,
		Title: k.Title, Link: k.Link, Description: k.Description, Labels: k.Labels, SignalId: k.SignalID,
		RecordedTime: timestamppb.New(time.UnixMicro(r.state.RecordedAt)), UpdatedTime: timestamppb.New(time.UnixMicro(r.updated)),
		Revision: uint64(r.revision), Redacted: r.state.Redacted,
	}
	if at := k.Began(); !at.IsZero() {
		c.StartedTime = timestamppb.New(at)
	}
	if !k.EndedAt.IsZero() {
		c.EndedTime = timestamppb.New(k.EndedAt)
	}
	return c
}
