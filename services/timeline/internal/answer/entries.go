package answer

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// ListEntries implements the RPC.
func (s *Service) ListEntries(ctx context.Context, r *timelinev1.ListEntriesRequest) (*timelinev1.ListEntriesResponse, error) {
	q, scope, err := entryQuery(r)
	if err != nil {
		return nil, refuse(err)
	}
	at, err := travel.Of(r.GetAt())
	if err != nil {
		return nil, err
	}
	ref, err := store.ParseRef(r.GetIncident())
	if err != nil {
		return nil, refuse(err)
	}
	answer := &timelinev1.ListEntriesResponse{}
	var list []view.Entry
	var more bool
	err = s.read(ctx, "list entries", r.GetPosition(), func(snapshot *store.Snapshot) error {
		if !at.IsPresent() {
			snapshot.Last()
		}
		answer.Incident, err = snapshot.Incident(ctx, ref)
		answer.Position = snapshot.Position.String()
		if err != nil || !at.IsPresent() {
			return err
		}
		q.Incident = incident.ID(answer.Incident.GetId())
		snapshot.Last()
		list, more, err = snapshot.Entries(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !at.IsPresent() {
		v, err := s.travel(ctx, answer.GetIncident(), at)
		if err != nil {
			return nil, refuse(err)
		}
		answer.Incident = s.pastIncident(answer.GetIncident(), wire.Incident(&v.Incident))
		list, more = choose(v.Entries, q)
	}
	names := s.names()
	names.Incident(wire.Brief(answer.GetIncident()))
	for i := range list {
		answer.Entries = append(answer.Entries, names.Entry(wire.Entry(&list[i])))
	}
	if more {
		last := list[len(list)-1]
		answer.NextPageToken = page.Encode(scope, page.Cursor{Micros: last.OccurredAt.UnixMicro(), Number: last.Revision})
	}
	return answer, s.others(ctx, answer.GetEntries()...)
}

func entryQuery(r *timelinev1.ListEntriesRequest) (store.EntryQuery, page.Scope, error) {
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("entries", filters)
	if err != nil {
		return store.EntryQuery{}, scope, err
	}
	q := store.EntryQuery{
		ByOccurrence: r.GetOrder() == timelinev1.EntryOrder_ENTRY_ORDER_OCCURRED, Everything: r.GetIncludeHidden(),
		PinnedOnly: r.GetPinnedOnly(), Limit: pageSize(r.GetPageSize()),
	}
	if q.Since, err = travel.Instant("since", r.GetSince()); err != nil {
		return q, scope, err
	}
	if q.Until, err = travel.Instant("until", r.GetUntil()); err != nil {
		return q, scope, err
	}
	c, given, err := page.Decode(scope, r.GetPageToken())
	if given {
		q.After = &store.EntryCursor{OccurredAt: time.UnixMicro(c.Micros).UTC(), Revision: int64(c.Number)}
	}
	return q, scope, err
}

// choose is what the store does for the present, for a view of the past.
func choose(entries []view.Entry, q store.EntryQuery) ([]view.Entry, bool) {
	var list []view.Entry
	for i := range entries {
		if matches(&entries[i], q) {
			list = append(list, entries[i])
		}
	}
	if q.ByOccurrence {
		slices.SortStableFunc(list, func(a, b view.Entry) int { return a.OccurredAt.Compare(b.OccurredAt) })
	}
	more := len(list) > q.Limit
	return list[:min(len(list), q.Limit)], more
}

func matches(e *view.Entry, q store.EntryQuery) bool {
	switch {
	case !q.Everything && !e.Shown(), q.PinnedOnly && !e.Pinned:
		return false
	case !q.Since.IsZero() && e.OccurredAt.Before(q.Since), !q.Until.IsZero() && !e.OccurredAt.Before(q.Until):
		return false
	case q.After == nil:
		return true
	}
	later := int64(e.Revision) > q.After.Revision
	if q.ByOccurrence && !e.OccurredAt.Equal(q.After.OccurredAt) {
		later = e.OccurredAt.After(q.After.OccurredAt)
	}
	return later
}
