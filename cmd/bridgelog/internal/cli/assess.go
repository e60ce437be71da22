package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) assessCommand() *cobra.Command {
	var trend incident.Trend
	var reason string
	return a.command(act{
		use: "assess [INC] worse|stable|better [WHY]", short: "Say whether it is getting worse", least: 1, most: -1,
		words: []string{"worse", "stable", "better"}, flags: reasonFlag(&reason),
		prepare: func(w *writing) (err error) {
			if trend, err = incident.ParseTrend(w.args[0]); err != nil {
				return err
			}
			w.args = w.args[1:]
			return a.reasonFromWords(&reason)(w)
		},
		done: func(*writing) string {
			if trend == incident.TrendStable {
				return "is stable"
			}
			return "is getting " + trend.String()
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.Assess(ctx, &incidentv1.AssessRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Trend: incidentv1.Trend(trend), Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}
