package alertanswer

import (
	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/viewer"
)

// Service implements signal.v1.AlertViewService.
type Service struct {
	signalv1.UnimplementedAlertViewServiceServer

	view    *beside.View
	catalog *catalog.Follower
	reader  viewer.Reader
}

var _ signalv1.AlertViewServiceServer = (*Service)(nil)

// New returns the service over the view of alerts and the incidents, which another
// keeps up to date. The catalog knows names.
func New(view *beside.View, names *catalog.Follower, incidents *store.Store, projected viewer.Incidents) *Service {
	return &Service{view: view, catalog: names, reader: viewer.Reader{
		Store: incidents, Incidents: projected, Views: []viewer.View{view},
		Known: []viewer.Known{
			{Err: alertview.ErrNotFound, Code: codes.NotFound, Reason: "no_such_alert", Message: "there is no such alert: bridgelog alerts list shows those that there are"},
			{Err: alertview.ErrAmbiguous, Code: codes.InvalidArgument, Reason: "ambiguous_alert", Message: "several alerts begin like that: give more of the id"},
		},
	}}
}
