package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func (a *app) notifyCommand() *cobra.Command {
	return group("notify", "Who was told what, and how far the notifier is", a.notifyExplainCommand(), a.notifyStatusCommand(), a.notifyResumeCommand())
}

func (a *app) notifyExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use: "explain [INC]", Short: "Say for each event who was told, who was not, and why", Args: atMost(1),
		ValidArgsFunction: a.completeOtherIncident,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			incident, _, err := a.splitIncident(args, 0)
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			r, err := s.Notify.ExplainIncident(ctx, &notifyv1.ExplainIncidentRequest{Incident: incident})
			if err != nil {
				return err
			}
			v := view.OfExplanation(r)
			return p.Print(output.Document{Value: v, Blocks: a.explainBlocks(v)})
		},
	}
}

func (a *app) explainBlocks(v view.Explanations) []output.Block {
	rows := output.Rows{Columns: []string{"entry", "event", "recorded", "webhook", "told", "why"}, Empty: "There is no webhook to tell."}
	for _, x := range v.Explanations {
		told := output.T(output.Dim, "no")
		if x.Delivery != nil {
			told = deliveryState(x.Delivery.State)
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.P(strconv.FormatUint(x.Entry, 10)), output.P(x.EventType), output.T(output.Dim, a.clock().When(x.RecordedTime.Time)),
			output.T(output.Strong, x.Webhook), told, output.P(x.Reason),
		})
	}
	return []output.Block{output.Heading(v.Incident), rows}
}

func (a *app) notifyStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say how far the notifier is and what keeps it", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			r, err := s.Notify.GetNotifierStatus(ctx, &notifyv1.GetNotifierStatusRequest{})
			if err != nil {
				return err
			}
			v := view.OfNotifierStatus(r)
			return p.Print(output.Document{Value: v, Blocks: a.notifierBlocks(v)})
		},
	}
}

func (a *app) notifierBlocks(v view.NotifierStatus) []output.Block {
	state := output.T(output.Good, "all is well")
	if v.Problem != "" {
		state = output.T(output.Bad, v.Problem)
	}
	uncertain := ""
	if !v.UncertainSince.IsZero() {
		uncertain = "its database was replaced by an older copy at " + a.clock().Time(v.UncertainSince.Time)
	}
	return []output.Block{
		output.Line{output.T(output.Strong, "notifier"), state},
		output.Fields{
			{Name: "behind", Value: output.P(strconv.FormatUint(v.Behind, 10) + " events")},
			{Name: "waiting", Value: output.P(count64(v.Pending))},
			{Name: "held", Value: countCell(v.Held, output.Warn)},
			{Name: "uncertain", Value: output.T(output.Warn, uncertain)},
			{Name: "position", Value: output.T(output.Dim, v.ActedThrough)},
		},
	}
}

func (a *app) notifyResumeCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "resume", Short: "Act from the log's end again after the log was replaced by another one", Args: noArgs,
		Long: `Act from the end of the log again. It is for the time after a restore: the notifier
stops when the log is not the one that it knows. Nobody is told of what lies before the
end, and what waits is held until ` + "`bridgelog deliveries release`" + `.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			status, err := s.Notify.GetNotifierStatus(ctx, &notifyv1.GetNotifierStatusRequest{})
			if err != nil {
				return err
			}
			if err := a.confirm(yes, "Begin at the log's end and hold what waits?", a.notifierBlocks(view.OfNotifierStatus(status))); err != nil {
				return err
			}
			r, err := s.Notify.ResumeNotifier(ctx, &notifyv1.ResumeNotifierRequest{})
			if err != nil {
				return err
			}
			return p.Print(output.Document{
				Value:  map[string]any{"acted_through": r.GetActedThrough(), "held": r.GetHeld(), "system": s.Target.Name},
				Blocks: []output.Block{append(output.Line{output.T(output.Good, "acts from the log's end;"), output.P(count64(r.GetHeld()) + " deliveries are held")}, a.marks(s, nil)...)},
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (a *app) rebuildNotifierCommand() *cobra.Command {
	return &cobra.Command{
		Use: "notifier", Short: "Compute the notifier's view of incidents anew; nothing is sent", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			r, err := s.Notify.RebuildNotifier(cmd.Context(), &notifyv1.RebuildNotifierRequest{})
			if err != nil {
				return err
			}
			differences := append([]string{}, r.GetDifferences()...)
			line := output.Line{output.T(output.Good, "rebuilt"), output.P(count64(r.GetIncidents()) + " incidents")}
			if err := p.Print(output.Document{
				Value: map[string]any{"incidents": r.GetIncidents(), "differences": differences}, Blocks: []output.Block{line},
			}); err != nil {
				return err
			}
			if len(differences) > 0 {
				return fault.Unverifiedf("%d rows were wrong and are right now, the first of incident %s", len(differences), differences[0])
			}
			return nil
		},
	}
}
