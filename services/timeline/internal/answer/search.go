package answer

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// SearchEntries implements the RPC.
func (s *Service) SearchEntries(ctx context.Context, r *timelinev1.SearchEntriesRequest) (*timelinev1.SearchEntriesResponse, error) {
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("search", filters)
	if err != nil {
		return nil, err
	}
	q := store.SearchQuery{Words: r.GetQuery(), Limit: pageSize(r.GetPageSize())}
	c, given, err := page.Decode(scope, r.GetPageToken())
	if err != nil {
		return nil, refuse(err)
	}
	if given {
		q.After = &store.SearchCursor{RecordedAt: time.UnixMicro(c.Micros), Incident: incident.ID(c.ID), Revision: int64(c.Number)}
	}
	answer := &timelinev1.SearchEntriesResponse{}
	err = s.read(ctx, "search entries", r.GetPosition(), func(snapshot *store.Snapshot) error {
		if err := within(ctx, snapshot, r.GetIncident(), &q); err != nil {
			return err
		}
		snapshot.Last()
		list, more, err := snapshot.Search(ctx, q)
		if err != nil {
			return err
		}
		s.fill(answer, list, more, scope)
		answer.Position, answer.SearchIncomplete = snapshot.Position.String(), !snapshot.Live.Searchable
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, s.others(ctx, answer.GetEntries()...)
}

// within restricts a search to one incident, if one is given.
func within(ctx context.Context, snapshot *store.Snapshot, given string, q *store.SearchQuery) error {
	if given == "" {
		return nil
	}
	ref, err := store.ParseRef(given)
	if err != nil {
		return err
	}
	i, err := snapshot.Incident(ctx, ref)
	q.Incident = incident.ID(i.GetId())
	return err
}

func (s *Service) fill(answer *timelinev1.SearchEntriesResponse, list []store.Found, more bool, scope page.Scope) {
	answer.Entries, answer.NextPageToken = nil, ""
	names := s.names()
	for i := range list {
		e := names.Entry(wire.Entry(&list[i].Entry))
		e.IncidentId, e.IncidentNumber = string(list[i].Incident), uint64(list[i].Number)
		answer.Entries = append(answer.Entries, e)
	}
	if more {
		last := list[len(list)-1]
		answer.NextPageToken = page.Encode(scope, page.Cursor{
			Micros: last.RecordedAt.UnixMicro(), Number: last.Revision, ID: string(last.Incident),
		})
	}
}
