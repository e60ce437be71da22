package cli

import (
	"context"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// proposals asks what the system proposes for an incident.
func (a *app) proposals(ctx context.Context, s *session, incident string) (*timelinev1.ListSuspectsResponse, error) {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	return s.Suspects.ListSuspects(ctx, &timelinev1.ListSuspectsRequest{Incident: incident})
}

// startProposed is when the system proposes that an incident began.
func (a *app) startProposed(ctx context.Context, s *session, incident string) (*timelinev1.StartProposal, error) {
	answer, err := a.proposals(ctx, s, incident)
	if err != nil {
		return nil, err
	}
	if answer.GetStart() == nil {
		return nil, fault.FieldUsagef("proposed", "no start is proposed: no check is unusual, or it is written down already; give the time with --at")
	}
	return answer.GetStart(), nil
}

// trendProposed is where the system proposes that an incident is going.
func (a *app) trendProposed(ctx context.Context, s *session, incident string) (*timelinev1.TrendProposal, error) {
	answer, err := a.proposals(ctx, s, incident)
	if err != nil {
		return nil, err
	}
	if answer.GetTrend() == nil {
		return nil, fault.FieldUsagef("proposed", "no trend is proposed: no check is unusual, or somebody has said so since; say worse, stable or better")
	}
	return answer.GetTrend(), nil
}

// accepted is the reason of what a person accepts, in the bounds of a reason.
func accepted(reason string) string {
	const longest = 1500
	return cut("proposed by the system: "+reason, longest)
}

// proposalBlocks show what is proposed, with the commands that accept it.
func (a *app) proposalBlocks(v view.Suspects) []output.Block {
	var fields output.Fields
	if p := v.Start; p != nil {
		fields = append(fields, output.Field{Name: "start, proposed", Value: output.P(a.clock().Time(p.Time.Time) + ": " + p.Reason)},
			output.Field{Name: "accept it by", Value: output.T(output.Strong, p.Accept)})
	}
	if p := v.Trend; p != nil {
		fields = append(fields, output.Field{Name: "trend, proposed", Value: output.P(p.Trend + ": " + p.Reason)},
			output.Field{Name: "accept it by", Value: output.T(output.Strong, p.Accept)})
	}
	if len(fields) == 0 {
		return nil
	}
	return []output.Block{fields}
}
