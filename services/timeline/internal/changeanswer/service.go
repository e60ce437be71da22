package changeanswer

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
	"github.com/bridgelog/bridgelog/services/timeline/internal/changeview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/viewer"
)

// Service implements signal.v1.ChangeViewService.
type Service struct {
	signalv1.UnimplementedChangeViewServiceServer

	view   *beside.View
	reader viewer.Reader
}

var _ signalv1.ChangeViewServiceServer = (*Service)(nil)

// New returns the service over the view of changes and the incidents, which another
// keeps up to date.
func New(view *beside.View, incidents *store.Store, projected viewer.Incidents) *Service {
	return &Service{view: view, reader: viewer.Reader{
		Store: incidents, Incidents: projected, Views: []viewer.View{view},
		Known: []viewer.Known{
			{Err: changeview.ErrNotFound, Code: codes.NotFound, Reason: "no_such_change", Message: "there is no such change: bridgelog change list shows those that there are"},
			{Err: changeview.ErrAmbiguous, Code: codes.InvalidArgument, Reason: "ambiguous_change", Message: "several changes begin like that: give more of the id"},
		},
	}}
}

// ListChanges implements the RPC.
func (s *Service) ListChanges(ctx context.Context, r *signalv1.ListChangesRequest) (*signalv1.ListChangesResponse, error) {
	q, scope, err := listQuery(r)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	answer := &signalv1.ListChangesResponse{}
	err = s.reader.Read(ctx, "list changes", r.GetPosition(), func(snapshot *store.Snapshot) error {
		found, more, err := changeview.List(ctx, snapshot, q)
		if err != nil {
			return err
		}
		answer.Changes, answer.NextPageToken = found, ""
		if more {
			last := found[len(found)-1]
			answer.NextPageToken = page.Encode(scope, page.Cursor{Micros: beganOf(last), ID: last.GetId()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// beganOf is the place of a change in the list, in microseconds since 1970.
func beganOf(c *signalv1.Change) int64 {
	if c.GetStartedTime() == nil {
		return 0
	}
	return c.GetStartedTime().AsTime().UnixMicro()
}

func listQuery(r *signalv1.ListChangesRequest) (changeview.Query, page.Scope, error) {
	q := changeview.Query{
		Services: r.GetServices(), Environment: r.GetEnvironment(), Source: r.GetSource(), Limit: int(r.GetPageSize()),
	}
	for _, k := range r.GetKinds() {
		q.Kinds = append(q.Kinds, change.Kind(k))
	}
	if q.Limit == 0 {
		q.Limit = viewer.DefaultPage
	}
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("changes", filters)
	if err != nil {
		return q, scope, err
	}
	if q.Since, err = travel.Instant("since", r.GetSince()); err != nil {
		return q, scope, err
	}
	if q.Until, err = travel.Instant("until", r.GetUntil()); err != nil {
		return q, scope, err
	}
	cursor, given, err := page.Decode(scope, r.GetPageToken())
	if given {
		q.After = &changeview.Cursor{Began: cursor.Micros, ID: cursor.ID}
	}
	return q, scope, err
}

// GetChange implements the RPC.
func (s *Service) GetChange(ctx context.Context, r *signalv1.GetChangeRequest) (*signalv1.GetChangeResponse, error) {
	answer := &signalv1.GetChangeResponse{}
	err := s.reader.Read(ctx, "read change", r.GetPosition(), func(snapshot *store.Snapshot) error {
		var err error
		answer.Change, err = changeview.Get(ctx, snapshot, r.GetChange())
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// RebuildChanges implements the RPC.
func (s *Service) RebuildChanges(ctx context.Context, _ *signalv1.RebuildChangesRequest) (*signalv1.RebuildChangesResponse, error) {
	outcome, err := s.view.Rebuild(ctx)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	return &signalv1.RebuildChangesResponse{Changes: outcome.All, Corrected: outcome.Corrected}, nil
}
