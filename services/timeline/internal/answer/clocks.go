package answer

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// moment is a time with the configuration that counted then.
type moment struct {
	at    time.Time
	state *catalog.State
	book  *playbook.Playbook
}

// momentOf is the present, or the time that a read asks for.
func (s *Service) momentOf(ctx context.Context, p travel.Moment) (moment, error) {
	if p.IsPresent() {
		state := s.Catalog.State()
		book, err := s.Books.Of(state)
		return moment{at: s.Now(), state: state, book: book}, err
	}
	m := moment{at: p.Time()}
	var err error
	if m.state, err = s.Past.At(ctx, m.at); err != nil {
		return m, err
	}
	m.book, err = s.PastBooks.Of(m.state)
	return m, err
}

// due returns how the clocks stand.
func (m moment) due(f clock.Facts) []clock.Reading { return clock.Due(f, m.book.Policies(), m.at) }

// overdue returns those clocks that are overdue.
func (m moment) overdue(f clock.Facts) []*timelinev1.Clock {
	return overdue(m.due(f), func(r *clock.Reading) *timelinev1.Clock { return wire.Clock(r, m.at) })
}

// overdueBriefly is overdue for lists. It returns the room that it used, to be given to
// the next call.
func (m moment) overdueBriefly(f *clock.Facts, room []clock.Reading) ([]*timelinev1.Clock, []clock.Reading) {
	room = clock.AppendDue(room[:0], f, m.book.Policies(), m.at)
	return overdue(room, wire.BriefClock), room
}

func overdue(readings []clock.Reading, shown func(*clock.Reading) *timelinev1.Clock) []*timelinev1.Clock {
	var late []*timelinev1.Clock
	for i := range readings {
		if r := &readings[i]; r.State == clock.Overdue {
			late = append(late, shown(r))
		}
	}
	return late
}

// GetClocks implements the RPC.
func (s *Service) GetClocks(ctx context.Context, r *timelinev1.GetClocksRequest) (*timelinev1.GetClocksResponse, error) {
	at, err := travel.Of(r.GetAt())
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
	if err != nil {
		return nil, err
	}
	m, err := s.momentOf(ctx, at)
	if err != nil {
		return nil, refuse(err)
	}
	i, facts, err := s.clocked(ctx, f, at)
	if err != nil {
		return nil, refuse(err)
	}
	i.OverdueClocks = m.overdue(facts)
	severity := incident.Severity(i.GetSeverity())
	return &timelinev1.GetClocksResponse{
		Incident: s.names().Incident(wire.Brief(i)), Clocks: wire.Clocks(m.due(facts), m.at), AskedTime: timestamppb.New(m.at),
		Policy: m.policy(severity), Audience: m.audience(severity, i.GetServices()), Position: f.position.String(),
	}, nil
}

// clocked returns an incident as it is or was, with what its clocks need to know.
func (s *Service) clocked(ctx context.Context, f found, at travel.Moment) (*timelinev1.Incident, clock.Facts, error) {
	if at.IsPresent() {
		facts, err := f.clocked.Facts()
		return f.incident, facts, err
	}
	v, err := s.travel(ctx, f.incident, at)
	if err != nil {
		return nil, clock.Facts{}, err
	}
	return s.pastIncident(f.incident, wire.Incident(&v.Incident)), v.Incident.Clocks.Facts(), nil
}

// ListClocks implements the RPC.
func (s *Service) ListClocks(ctx context.Context, r *timelinev1.ListClocksRequest) (*timelinev1.ListClocksResponse, error) {
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("clocks", filters)
	if err != nil {
		return nil, refuse(err)
	}
	q := store.ListQuery{Waiting: true, Drills: r.GetIncludeDrills(), Limit: pageSize(r.GetPageSize())}
	c, given, err := page.Decode(scope, r.GetPageToken())
	if err != nil {
		return nil, refuse(err)
	}
	if given {
		q.After = &store.ListCursor{DeclaredAt: time.UnixMicro(c.Micros), Number: int64(c.Number)}
	}
	m, err := s.momentOf(ctx, travel.Moment{})
	if err != nil {
		return nil, refuse(err)
	}
	answer := &timelinev1.ListClocksResponse{AskedTime: timestamppb.New(m.at)}
	err = s.read(ctx, "list clocks", r.GetPosition(), func(snapshot *store.Snapshot) error {
		snapshot.Last()
		list, more, err := snapshot.List(ctx, q)
		if err != nil {
			return err
		}
		answer.NextPageToken, answer.Position = "", snapshot.Position.String()
		if more {
			last := list[len(list)-1]
			answer.NextPageToken = page.Encode(scope, page.Cursor{Micros: last.GetDeclaredTime().AsTime().UnixMicro(), Number: last.GetNumber()})
		}
		answer.Incidents, err = s.attention(m, list, r.GetOverdue())
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// attention chooses the clocks that want attention.
func (s *Service) attention(m moment, list []store.Clocked, overdue bool) ([]*timelinev1.IncidentClocks, error) {
	var out []*timelinev1.IncidentClocks
	names := s.names()
	for _, c := range list {
		facts, err := s.Facts.of(c)
		if err != nil {
			return nil, err
		}
		late, next := pressing(m.due(*facts))
		if len(late) == 0 && (overdue || next == nil) {
			continue
		}
		one := &timelinev1.IncidentClocks{Incident: names.Incident(wire.Brief(c.Incident)), Clocks: wire.Clocks(late, m.at)}
		one.Incident.OverdueClocks = one.Clocks
		if next != nil && !overdue {
			one.Clocks = append(slices.Clip(one.Clocks), wire.Clock(next, m.at))
		}
		out = append(out, one)
	}
	return out, nil
}

// pressing returns what is overdue, the longest first, and what is due next.
func pressing(readings []clock.Reading) (late []clock.Reading, next *clock.Reading) {
	for i := range readings {
		switch r := &readings[i]; r.State {
		case clock.Overdue:
			late = append(late, *r)
		case clock.Running, clock.Warning:
			if next == nil || r.Due.Before(next.Due) {
				next = r
			}
		case clock.Met, clock.Stopped:
		}
	}
	slices.SortStableFunc(late, func(a, b clock.Reading) int { return a.Due.Compare(b.Due) })
	return late, next
}
