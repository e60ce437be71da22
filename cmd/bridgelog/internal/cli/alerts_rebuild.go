package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// alertsRebuilt is what a rebuild of alerts answers.
type alertsRebuilt struct {
	Alerts    uint64 `json:"alerts"`
	Corrected uint64 `json:"corrected"`
}

func (a *app) alertsRebuildCommand() *cobra.Command {
	return &cobra.Command{
		Use: "alerts", Short: "Compute the view of alerts anew and correct what differs", Args: noArgs,
		Long: `Compute the view of alerts anew from the log and correct what differs. Reads go on
all the while; new alerts are shown afterwards.`,
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
			r, err := s.Alerts.RebuildAlerts(cmd.Context(), &signalv1.RebuildAlertsRequest{})
			if err != nil {
				return err
			}
			v := alertsRebuilt{Alerts: r.GetAlerts(), Corrected: r.GetCorrected()}
			line := output.Line{output.P(strconv.FormatUint(v.Alerts, 10) + " alerts"), output.T(output.Good, "none differed")}
			if v.Corrected > 0 {
				line[1] = output.T(output.Warn, strconv.FormatUint(v.Corrected, 10)+" corrected")
			}
			return p.Print(output.Document{Value: v, Blocks: []output.Block{line}})
		},
	}
}
