package alertanswer

import (
	"context"

	"google.golang.org/protobuf/proto"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/viewer"
)

// ListAlerts implements the RPC.
func (s *Service) ListAlerts(ctx context.Context, r *signalv1.ListAlertsRequest) (*signalv1.ListAlertsResponse, error) {
	q, scope, err := listQuery(r)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	answer := &signalv1.ListAlertsResponse{}
	err = s.reader.Read(ctx, "list alerts", r.GetPosition(), func(snapshot *store.Snapshot) error {
		if r.GetIncident() != "" {
			if q.Incident, err = viewer.IncidentID(ctx, snapshot, r.GetIncident()); err != nil {
				return err
			}
		}
		found, more, err := alertview.List(ctx, snapshot, q)
		if err != nil {
			return err
		}
		answer.Alerts, answer.NextPageToken = found, ""
		if more {
			last := found[len(found)-1]
			answer.NextPageToken = page.Encode(scope, page.Cursor{Micros: last.GetStartedTime().AsTime().UnixMicro(), ID: last.GetId()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	named(s.catalog.State(), answer.GetAlerts()...)
	return answer, nil
}

// listQuery reads everything but the incident, which has to be looked up.
func listQuery(r *signalv1.ListAlertsRequest) (alertview.Query, page.Scope, error) {
	q := alertview.Query{Open: r.GetOpen(), Labels: r.GetLabels(), Source: r.GetSource(), States: r.GetStates(), Limit: int(r.GetPageSize())}
	if q.Limit == 0 {
		q.Limit = viewer.DefaultPage
	}
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("alerts", filters)
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
		q.After = &alertview.Cursor{Started: cursor.Micros, ID: cursor.ID}
	}
	return q, scope, err
}

// GetAlert implements the RPC.
func (s *Service) GetAlert(ctx context.Context, r *signalv1.GetAlertRequest) (*signalv1.GetAlertResponse, error) {
	answer := &signalv1.GetAlertResponse{}
	err := s.reader.Read(ctx, "read alert", r.GetPosition(), func(snapshot *store.Snapshot) error {
		var err error
		answer.Alert, err = alertview.Get(ctx, snapshot, r.GetAlert())
		return err
	})
	if err != nil {
		return nil, err
	}
	named(s.catalog.State(), answer.GetAlert())
	return answer, nil
}

// RebuildAlerts implements the RPC.
func (s *Service) RebuildAlerts(ctx context.Context, _ *signalv1.RebuildAlertsRequest) (*signalv1.RebuildAlertsResponse, error) {
	outcome, err := s.view.Rebuild(ctx)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	return &signalv1.RebuildAlertsResponse{Alerts: outcome.All, Corrected: outcome.Corrected}, nil
}
