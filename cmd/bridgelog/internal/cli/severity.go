package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) severityCommands() []*cobra.Command {
	return []*cobra.Command{a.severityCommand(), a.severitiesCommand()}
}

func (a *app) severityCommand() *cobra.Command {
	var severity incident.Severity
	var reason string
	return a.command(act{
		use: "severity [INC] SEV-1|SEV-2|SEV-3", aliases: []string{"sev"}, short: "Change how bad an incident is",
		least: 1, most: 1, words: []string{"SEV-1", "SEV-2", "SEV-3"}, flags: reasonFlag(&reason),
		prepare: func(w *writing) (err error) {
			severity, err = incident.ParseSeverity(w.args[0])
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

// criteria says when a severity is meant.
type criteria struct {
	Severity string   `json:"severity"`
	Name     string   `json:"name"`
	Aliases  []string `json:"aliases"`
	Criteria []string `json:"criteria"`
	// UpdateMinutes is how often the team is told how things stand.
	UpdateMinutes int `json:"update_minutes"`
}

func allCriteria() []criteria {
	return []criteria{
		{"SEV-1", "critical", []string{"sev1", "1", "P1", "critical"}, []string{
			"nothing works for anybody", "data is lost or damaged", "somebody broke in", "no customer can pay",
		}, 15},
		{"SEV-2", "major", []string{"sev2", "2", "P2", "major"}, []string{
			"a part does not work", "many are slowed down", "an important feature is gone",
		}, 15},
		{"SEV-3", "minor", []string{"sev3", "3", "P3", "minor"}, []string{
			"few notice it", "there is a way around it", "one customer is concerned",
		}, 15},
	}
}

func (a *app) severitiesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "severities", Short: "Show which severity means what", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			rows := output.Rows{Columns: []string{"severity", "name", "when one of these is true"}}
			for _, c := range allCriteria() {
				for i, criterion := range c.Criteria {
					severity, name := severityCell(c.Severity), output.P(c.Name)
					if i > 0 {
						severity, name = output.P(""), output.P("")
					}
					rows.Rows = append(rows.Rows, []output.Cell{severity, name, output.P(criterion)})
				}
			}
			return p.Print(output.Document{
				Value: map[string]any{"severities": allCriteria()},
				Blocks: []output.Block{
					rows,
					output.Line{output.T(output.Dim, "Not sure? Declare without one: the incident begins in triage and counts as SEV-2 until somebody decides.")},
					output.Line{output.T(output.Dim, "Tell the team how things stand every 15 minutes; tell customers before the answer is known.")},
				},
			})
		},
	}
}
