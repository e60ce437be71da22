package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) alertsRebuildCommand() *cobra.Command {
	return a.rebuildBesideCommand("alerts", func(ctx context.Context, s *session) (all, corrected uint64, err error) {
		r, err := s.Alerts.RebuildAlerts(ctx, &signalv1.RebuildAlertsRequest{})
		return r.GetAlerts(), r.GetCorrected(), err
	})
}

func (a *app) changesRebuildCommand() *cobra.Command {
	return a.rebuildBesideCommand("changes", func(ctx context.Context, s *session) (all, corrected uint64, err error) {
		r, err := s.Changes.RebuildChanges(ctx, &signalv1.RebuildChangesRequest{})
		return r.GetChanges(), r.GetCorrected(), err
	})
}

func (a *app) pagesRebuildCommand() *cobra.Command {
	return a.rebuildBesideCommand("pages", func(ctx context.Context, s *session) (all, corrected uint64, err error) {
		r, err := s.Pages.RebuildPages(ctx, &signalv1.RebuildPagesRequest{})
		return r.GetPages(), r.GetCorrected(), err
	})
}

// rebuildBesideCommand computes a view beside the incidents anew. It answers how many
// there are, under the name of what they are, and how many were corrected.
func (a *app) rebuildBesideCommand(what string, rebuild func(context.Context, *session) (all, corrected uint64, err error)) *cobra.Command {
	return &cobra.Command{
		Use: what, Short: "Compute the view of " + what + " anew and correct what differs", Args: noArgs,
		Long: "Compute the view of " + what + ` anew from the log and correct what differs. Reads go on
all the while; new ` + what + ` are shown afterwards.`,
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
			all, corrected, err := rebuild(cmd.Context(), s)
			if err != nil {
				return err
			}
			line := output.Line{output.P(strconv.FormatUint(all, 10) + " " + what), output.T(output.Good, "none differed")}
			if corrected > 0 {
				line[1] = output.T(output.Warn, strconv.FormatUint(corrected, 10)+" corrected")
			}
			return p.Print(output.Document{Value: map[string]uint64{what: all, "corrected": corrected}, Blocks: []output.Block{line}})
		},
	}
}
