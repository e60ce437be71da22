package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) alertsDeclareCommand() *cobra.Command {
	var d declaration
	c := &cobra.Command{
		Use:   "declare ALERT [\"what is wrong\"]",
		Short: "Declare an incident from an alert that has none",
		Long: `Declare an incident from an alert that has none, and link the two. Title, service and
severity are those of the alert and its route where you do not say them. An alert has one
incident: whoever declares second is told which. The same is declare --from-alert.`,
		Args: atLeast(1), ValidArgsFunction: a.completeAlert,
		RunE: func(cmd *cobra.Command, args []string) error {
			d.alert = args[0]
			return a.declareFromAlert(cmd.Context(), d, strings.Join(args[1:], " "))
		},
	}
	d.bindAll(c.Flags())
	a.completeDeclaration(c)
	return c
}

// declareFromAlert declares from the alert that the declaration names.
func (a *app) declareFromAlert(ctx context.Context, d declaration, title string) error {
	printer, err := a.printer()
	if err != nil {
		return err
	}
	r, err := a.declarationAbout(ctx, d, title)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	request := &incidentv1.DeclareFromAlertRequest{
		RequestId: r.GetRequestId(), OnBehalfOf: r.GetOnBehalfOf(), OccurredAt: r.GetOccurredAt(), Title: r.GetTitle(), Summary: r.GetSummary(),
		Severity: r.GetSeverity(), Services: r.GetServices(), Private: r.GetPrivate(), Drill: r.GetDrill(), Category: r.GetCategory(),
	}
	if request.AlertId, err = a.alertNamed(ctx, s, d.alert); err != nil {
		return err
	}
	result, err := a.send(ctx, request.GetRequestId(), func(ctx context.Context) (*incidentv1.WriteResult, error) {
		answer, err := s.Commands.DeclareFromAlert(ctx, request)
		return answer.GetResult(), err
	})
	if err != nil {
		return err
	}
	if err := a.reportTold(ctx, s, printer, result, declared(r)+" from an alert"); err != nil {
		return err
	}
	a.refreshContacts(ctx, s)
	if d.detach || !a.OutTerminal || printer.Format != output.Table {
		return nil
	}
	return a.attach(ctx, s, printer, result)
}
