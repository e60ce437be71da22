package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) assessCommand() *cobra.Command {
	var trend incident.Trend
	var reason string
	var proposed bool
	return a.command(act{
		use: "assess [INC] worse|stable|better [WHY]", short: "Say whether it is getting worse", most: -1,
		long: `Say whether it is getting worse. --proposed says what the system proposes from the
checks of the services; bridgelog suspects shows it.`,
		words: []string{"worse", "stable", "better"},
		flags: func(flags *pflag.FlagSet) {
			reasonFlag(&reason)(flags)
			flags.BoolVar(&proposed, "proposed", false, "accept what the system proposes")
		},
		prepare: func(w *writing) (err error) {
			if proposed {
				return a.reasonFromWords(&reason)(w)
			}
			if len(w.args) == 0 {
				return fault.FieldUsagef("trend", "is it getting worse? Say worse, stable or better, or --proposed")
			}
			if trend, err = incident.ParseTrend(w.args[0]); err != nil {
				return err
			}
			w.args = w.args[1:]
			return a.reasonFromWords(&reason)(w)
		},
		before: func(ctx context.Context, s *session, w *writing) error {
			if !proposed {
				return nil
			}
			p, err := a.trendProposed(ctx, s, w.incident)
			if err != nil {
				return err
			}
			trend = incident.Trend(p.GetTrend())
			if reason == "" {
				reason = accepted(p.GetReason())
			}
			return nil
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
