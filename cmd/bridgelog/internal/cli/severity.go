package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) severityCommands() []*cobra.Command {
	return []*cobra.Command{a.severityCommand(), a.severitiesCommand()}
}

// severityOf reads a severity: by the names that all teams share, and otherwise by those
// that the team configured, which the system is asked for.
func (a *app) severityOf(ctx context.Context, word string) (incident.Severity, error) {
	severity, err := incident.ParseSeverity(word)
	if err == nil {
		return severity, nil
	}
	b, asked := a.playbook(ctx, "severity", "clock_policy", "calendar")
	if asked != nil || b.system == "" {
		return severity, err
	}
	return b.ParseSeverity(word)
}

func (a *app) severityCommand() *cobra.Command {
	var severity incident.Severity
	var reason string
	return a.command(act{
		use: "severity [INC] SEV-1|SEV-2|SEV-3", aliases: []string{"sev"}, short: "Change how bad an incident is",
		least: 1, most: 1, told: true, words: []string{"SEV-1", "SEV-2", "SEV-3"}, flags: reasonFlag(&reason),
		resolve: func(ctx context.Context, w *writing) (err error) {
			severity, err = a.severityOf(ctx, w.args[0])
			return err
		},
		done: func(*writing) string { return "is " + severity.String() },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ChangeSeverity(ctx, &incidentv1.ChangeSeverityRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Severity: incidentv1.Severity(severity), Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}
