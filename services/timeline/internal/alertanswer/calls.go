package alertanswer

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// defaultPage is the size of a page that does not name one.
const defaultPage = 50

// ListAlerts implements the RPC.
func (s *Service) ListAlerts(ctx context.Context, r *signalv1.ListAlertsRequest) (*signalv1.ListAlertsResponse, error) {
	q, scope, err := listQuery(r)
	if err != nil {
		return nil, refuse(err)
	}
	answer := &signalv1.ListAlertsResponse{}
	err = s.read(ctx, "list alerts", r.GetPosition(), func(snapshot *store.Snapshot) error {
		if r.GetIncident() != "" {
			if q.Incident, err = incidentID(ctx, snapshot, r.GetIncident()); err != nil {
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
	return answer, nil
}

// listQuery reads everything but the incident, which has to be looked up.
func listQuery(r *signalv1.ListAlertsRequest) (alertview.Query, page.Scope, error) {
	q := alertview.Query{Open: r.GetOpen(), Labels: r.GetLabels(), Source: r.GetSource(), Limit: int(r.GetPageSize())}
	if q.Limit == 0 {
		q.Limit = defaultPage
	}
	filters := proto.CloneOf(r)
	filters.PageToken, filters.PageSize, filters.Position = "", 0, ""
	scope, err := page.ScopeOf("alerts", filters)
	if err != nil {
		return q, scope, err
	}
	if q.Since, err = instant("since", r.GetSince()); err != nil {
		return q, scope, err
	}
	if q.Until, err = instant("until", r.GetUntil()); err != nil {
		return q, scope, err
	}
	cursor, given, err := page.Decode(scope, r.GetPageToken())
	if given {
		q.After = &alertview.Cursor{Started: cursor.Micros, ID: cursor.ID}
	}
	return q, scope, err
}

// instant reads a time that may be left out.
func instant(field string, t *timestamppb.Timestamp) (time.Time, error) {
	if t == nil {
		return time.Time{}, nil
	}
	if !t.IsValid() || t.AsTime().IsZero() {
		return time.Time{}, rpc.InvalidField(field, "invalid_time", field+" is not a time")
	}
	return t.AsTime(), nil
}

func incidentID(ctx context.Context, snapshot *store.Snapshot, name string) (string, error) {
	ref, err := store.ParseRef(name)
	if err != nil {
		return "", err
	}
	found, err := snapshot.Incident(ctx, ref)
	return found.GetId(), err
}

// GetAlert implements the RPC.
func (s *Service) GetAlert(ctx context.Context, r *signalv1.GetAlertRequest) (*signalv1.GetAlertResponse, error) {
	answer := &signalv1.GetAlertResponse{}
	err := s.read(ctx, "read alert", r.GetPosition(), func(snapshot *store.Snapshot) error {
		var err error
		answer.Alert, err = alertview.Get(ctx, snapshot, r.GetAlert())
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// RebuildAlerts implements the RPC.
func (s *Service) RebuildAlerts(ctx context.Context, _ *signalv1.RebuildAlertsRequest) (*signalv1.RebuildAlertsResponse, error) {
	outcome, err := s.View.Rebuild(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	return &signalv1.RebuildAlertsResponse{Alerts: outcome.Alerts, Corrected: outcome.Corrected}, nil
}
