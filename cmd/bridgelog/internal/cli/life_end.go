package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) reopenCommand() *cobra.Command {
	var reason string
	return a.command(act{
		use: "reopen [INC] [WHY]", short: "Take up an incident again that was over", most: -1,
		flags: reasonFlag(&reason), prepare: a.reasonFromWords(&reason),
		done: func(*writing) string { return "reopened" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ReopenIncident(ctx, &incidentv1.ReopenIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) closeCommand() *cobra.Command {
	var reason string
	return a.command(act{
		use: "close [INC] [WHY]", short: "Say that nothing is left to do", most: -1,
		flags: reasonFlag(&reason), prepare: a.reasonFromWords(&reason),
		done: func(*writing) string { return "closed" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.CloseIncident(ctx, &incidentv1.CloseIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) cancelCommand() *cobra.Command {
	var reason string
	fromWords := a.reasonFromWords(&reason)
	return a.command(act{
		use: "cancel [INC] --reason \"false alarm\"", short: "Say that it was a false alarm", most: -1,
		flags: reasonFlag(&reason),
		prepare: func(w *writing) error {
			if err := fromWords(w); err != nil {
				return err
			}
			if reason == "" {
				return fault.FieldUsagef("reason", "say why it is cancelled: --reason \"false alarm\"")
			}
			return nil
		},
		done: func(*writing) string { return "cancelled" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.CancelIncident(ctx, &incidentv1.CancelIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) mergeCommand() *cobra.Command {
	var into, reason string
	return a.command(act{
		use: "merge [INC] --into INC", short: "Let an incident go on under another one",
		flags: func(flags *pflag.FlagSet) {
			flags.StringVar(&into, "into", "", "the incident that goes on")
			reasonFlag(&reason)(flags)
		},
		prepare: func(w *writing) error {
			switch {
			case into == "":
				return fault.FieldUsagef("into", "into which incident? --into INC-1")
			case !incidentName(into):
				return fault.FieldUsagef("into", "--into %q names no incident: use INC-41, 41 or the full id", into)
			case canonical(into) == w.incident:
				return fault.FieldUsagef("into", "%s cannot be merged into itself", w.incident)
			}
			return nil
		},
		done: func(*writing) string { return "merged into " + canonical(into) },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.MergeIncident(ctx, &incidentv1.MergeIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Into: canonical(into), Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}
