package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// lifeCommands move an incident through its life.
func (a *app) lifeCommands() []*cobra.Command {
	return []*cobra.Command{
		a.ackCommand(), a.statusCommand(), a.mitigateCommand(), a.resolveCommand(), a.reopenCommand(),
		a.closeCommand(), a.cancelCommand(), a.mergeCommand(),
	}
}

func (a *app) ackCommand() *cobra.Command {
	var reason string
	return a.command(act{
		use: "ack [INC] [WHAT YOU WILL DO]", aliases: []string{"acknowledge"}, short: "Say that you take care of an incident",
		most: -1, flags: reasonFlag(&reason), prepare: a.reasonFromWords(&reason),
		done: func(*writing) string { return "acknowledged" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AcknowledgeIncident(ctx, &incidentv1.AcknowledgeIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) statusCommand() *cobra.Command {
	var status incident.Status
	var reason string
	return a.command(act{
		use:   "status [INC] triage|investigating|identified|monitoring",
		short: "Say where an incident stands", least: 1, most: 1,
		words: []string{"triage", "investigating", "identified", "monitoring"},
		flags: reasonFlag(&reason),
		prepare: func(w *writing) (err error) {
			if status, err = incident.ParseStatus(w.args[0]); err == nil && !status.Open() {
				verb := strings.TrimSuffix(status.String(), "d")
				if status == incident.StatusCancelled {
					verb = "cancel"
				}
				return fault.FieldUsagef("status", "use `bridgelog %s %s` for that", verb, w.incident)
			}
			return err
		},
		done: func(*writing) string { return "is " + status.String() },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ChangeStatus(ctx, &incidentv1.ChangeStatusRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Status: incidentv1.Status(status), Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) mitigateCommand() *cobra.Command {
	var reason string
	return a.command(act{
		use: "mitigate [INC] [WHAT HELPED]", short: "Say that customers are no longer hurt", most: -1,
		flags: reasonFlag(&reason), prepare: a.reasonFromWords(&reason),
		done: func(*writing) string { return "mitigated" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.MitigateIncident(ctx, &incidentv1.MitigateIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Summary: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) resolveCommand() *cobra.Command {
	var reason string
	return a.command(act{
		use: "resolve [INC] [WHAT WAS DONE]", short: "Say that an incident is over for customers", most: -1,
		flags: reasonFlag(&reason), prepare: a.reasonFromWords(&reason),
		done: func(*writing) string { return "resolved" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ResolveIncident(ctx, &incidentv1.ResolveIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Summary: reason,
			})
			return r.GetResult(), err
		},
	})
}

func reasonFlag(reason *string) func(*pflag.FlagSet) {
	return func(flags *pflag.FlagSet) { flags.StringVar(reason, "reason", "", "why, in words") }
}

// reasonFromWords lets the reason stand as words behind the incident; "-" reads
// it from the input.
func (a *app) reasonFromWords(reason *string) func(*writing) error {
	return func(w *writing) (err error) {
		if len(w.args) > 0 && *reason != "" {
			return fault.FieldUsagef("reason", "give the reason once: as words or with --reason")
		}
		if len(w.args) > 0 {
			*reason = w.text()
		}
		*reason, err = a.textOrInput(*reason)
		return err
	}
}
