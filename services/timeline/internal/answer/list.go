package answer

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// defaultPage is the size of a page that does not name one.
const defaultPage = 50

func pageSize(given int32) int {
	if given <= 0 {
		return defaultPage
	}
	return int(given)
}

// ListIncidents implements the RPC.
func (s *Service) ListIncidents(ctx context.Context, r *timelinev1.ListIncidentsRequest) (*timelinev1.ListIncidentsResponse, error) {
	q, scope, err := s.listQuery(ctx, r)
	if err != nil {
		return nil, refuse(err)
	}
	m, err := s.momentOf(ctx, travel.Moment{})
	if err != nil {
		return nil, refuse(err)
	}
	answer := &timelinev1.ListIncidentsResponse{}
	err = s.read(ctx, "list incidents", r.GetPosition(), func(snapshot *store.Snapshot) error {
		snapshot.Last()
		list, more, err := snapshot.List(ctx, q)
		if err != nil {
			return err
		}
		names := s.names()
		answer.Incidents, answer.NextPageToken = make([]*timelinev1.Incident, 0, len(list)), ""
		var room []clock.Reading
		for _, c := range list {
			facts, err := s.Facts.of(c)
			if err != nil {
				return err
			}
			c.OverdueClocks, room = m.overdueBriefly(facts, room)
			answer.Incidents = append(answer.Incidents, names.Incident(wire.Brief(c.Incident)))
		}
		if more {
			last := list[len(list)-1]
			answer.NextPageToken = page.Encode(scope, page.Cursor{Micros: last.GetDeclaredTime().AsTime().UnixMicro(), Number: last.GetNumber()})
		}
		answer.Position = snapshot.Position.String()
		answer.SearchIncomplete = q.Search != "" && !snapshot.Live.Searchable
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func (s *Service) listQuery(ctx context.Context, r *timelinev1.ListIncidentsRequest) (store.ListQuery, page.Scope, error) {
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("incidents", filters)
	if err != nil {
		return store.ListQuery{}, scope, err
	}
	q := store.ListQuery{
		Open: r.GetOpen(), IncludeMerged: r.GetIncludeMerged(), Services: r.GetServices(), Categories: r.GetCategories(), Search: r.GetSearch(),
		Drills: r.GetIncludeDrills(), Maintenance: r.GetIncludeMaintenance(), Limit: pageSize(r.GetPageSize()),
	}
	for _, v := range r.GetStatuses() {
		q.Statuses = append(q.Statuses, incident.Status(v))
	}
	for _, v := range r.GetSeverities() {
		q.Severities = append(q.Severities, incident.Severity(v))
	}
	if q.Since, err = travel.Instant("since", r.GetSince()); err != nil {
		return q, scope, err
	}
	if q.Until, err = travel.Instant("until", r.GetUntil()); err != nil {
		return q, scope, err
	}
	v, err := viewer(ctx)
	if err != nil {
		return q, scope, err
	}
	if q.Person, err = s.person(v, r.GetPerson()); err != nil {
		return q, scope, err
	}
	c, given, err := page.Decode(scope, r.GetPageToken())
	if given {
		q.After = &store.ListCursor{DeclaredAt: time.UnixMicro(c.Micros), Number: int64(c.Number)}
	}
	return q, scope, err
}
