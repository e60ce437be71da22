package pageanswer

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/pageview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/viewer"
)

// Service implements signal.v1.PageViewService.
type Service struct {
	signalv1.UnimplementedPageViewServiceServer

	view    *beside.View
	catalog *catalog.Follower
	reader  viewer.Reader
}

var _ signalv1.PageViewServiceServer = (*Service)(nil)

// New returns the service over the view of pages, that of alerts, and the incidents,
// which others keep up to date. The catalog knows names.
func New(view, alerts *beside.View, names *catalog.Follower, incidents *store.Store, projected viewer.Incidents) *Service {
	return &Service{view: view, catalog: names, reader: viewer.Reader{
		Store: incidents, Incidents: projected, Views: []viewer.View{view, alerts},
		Known: []viewer.Known{
			{Err: pageview.ErrNotFound, Code: codes.NotFound, Reason: "no_such_page", Message: "there is no such page: bridgelog pages list shows those that there are"},
			{Err: pageview.ErrAmbiguous, Code: codes.InvalidArgument, Reason: "ambiguous_page", Message: "several pages begin like that: give more of the id"},
		},
	}}
}

// ListPages implements the RPC.
func (s *Service) ListPages(ctx context.Context, r *signalv1.ListPagesRequest) (*signalv1.ListPagesResponse, error) {
	q, scope, err := s.query(r)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	answer := &signalv1.ListPagesResponse{}
	err = s.reader.Read(ctx, "list pages", r.GetPosition(), func(snapshot *store.Snapshot) error {
		found, more, err := pageview.List(ctx, snapshot, q)
		if err != nil {
			return err
		}
		answer.Pages, answer.NextPageToken = found, ""
		if more {
			last := found[len(found)-1]
			answer.NextPageToken = page.Encode(scope, page.Cursor{Micros: last.GetRequestedTime().AsTime().UnixMicro(), ID: last.GetId()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.named(answer.GetPages()...)
	return answer, nil
}

func (s *Service) query(r *signalv1.ListPagesRequest) (pageview.Query, page.Scope, error) {
	q := pageview.Query{Open: r.GetOpen(), Alert: r.GetAlert(), Team: r.GetTeam(), Route: r.GetRoute(), Limit: int(r.GetPageSize())}
	if q.Limit == 0 {
		q.Limit = viewer.DefaultPage
	}
	if sort := r.GetSort(); sort != signalv1.PageSort_PAGE_SORT_UNSPECIFIED {
		q.Shadow = new(sort == signalv1.PageSort_PAGE_SORT_SHADOW)
	}
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("pages", filters)
	if err != nil {
		return q, scope, err
	}
	if who := r.GetPerson(); who != "" {
		person, ok := s.catalog.State().Person(who)
		if !ok {
			return q, scope, rpc.InvalidField("person", "unknown_person", fmt.Sprintf("there is no person %q: bridgelog get person lists the known ones", who))
		}
		q.Person = person.ID
	}
	if q.Since, err = travel.Instant("since", r.GetSince()); err != nil {
		return q, scope, err
	}
	if q.Until, err = travel.Instant("until", r.GetUntil()); err != nil {
		return q, scope, err
	}
	cursor, given, err := page.Decode(scope, r.GetPageToken())
	if given {
		q.After = &pageview.Cursor{Requested: cursor.Micros, ID: cursor.ID}
	}
	return q, scope, err
}

// GetPage implements the RPC.
func (s *Service) GetPage(ctx context.Context, r *signalv1.GetPageRequest) (*signalv1.GetPageResponse, error) {
	answer := &signalv1.GetPageResponse{}
	err := s.reader.Read(ctx, "read page", r.GetPosition(), func(snapshot *store.Snapshot) error {
		var err error
		answer.Page, err = pageview.Get(ctx, snapshot, r.GetPage())
		return err
	})
	if err != nil {
		return nil, err
	}
	s.named(answer.GetPage())
	return answer, nil
}

// RebuildPages implements the RPC.
func (s *Service) RebuildPages(ctx context.Context, _ *signalv1.RebuildPagesRequest) (*signalv1.RebuildPagesResponse, error) {
	outcome, err := s.view.Rebuild(ctx)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	return &signalv1.RebuildPagesResponse{Pages: outcome.All, Corrected: outcome.Corrected}, nil
}

// named puts the names of people and machines into pages, as they are today.
func (s *Service) named(pages ...*signalv1.Page) {
	state := s.catalog.State()
	for _, p := range pages {
		p.AcknowledgedByName = state.Called(p.GetAcknowledgedBy())
		for _, person := range p.GetPeople() {
			person.Name = state.Called(person.GetPersonId())
		}
	}
}
