package investigate

import (
	"context"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// GetCheckChart implements the RPC. The values are read from the log: the view does not
// keep them.
func (s *Service) GetCheckChart(ctx context.Context, r *timelinev1.GetCheckChartRequest) (*timelinev1.GetCheckChartResponse, error) {
	ref, err := store.ParseRef(r.GetIncident())
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	var id incident.ID
	err = s.reader.Read(ctx, "draw check", r.GetPosition(), func(snapshot *store.Snapshot) error {
		snapshot.Last()
		found, err := snapshot.Incident(ctx, ref)
		id = incident.ID(found.GetId())
		return err
	})
	if err != nil {
		return nil, err
	}
	entries, err := incidentlog.Load(ctx, s.log, id, 0)
	if err != nil {
		return nil, err
	}
	if r.GetEntry() <= uint64(len(entries)) {
		e := entries[r.GetEntry()-1]
		if c, ok := e.Event.(incident.CheckRecorded); ok && !e.Redacted {
			return chartOf(c, e.Revision), nil
		}
	}
	return nil, &rpc.Refusal{
		Code: codes.NotFound, Reason: "no_such_check", Field: "entry",
		Message: "this entry is no check, or what it held was redacted: bridgelog suspects lists those that there are",
	}
}

func chartOf(c incident.CheckRecorded, entry uint64) *timelinev1.GetCheckChartResponse {
	_, evidence := record.CheckMessages(c.CheckKey, c.CheckResult)
	return &timelinev1.GetCheckChartResponse{
		Svg:   string(check.Chart(c.Service, c.CheckResult)),
		Check: wire.Check(&view.Check{CheckKey: c.CheckKey, CheckResult: c.CheckResult, Entry: entry}), Evidence: evidence,
	}
}
