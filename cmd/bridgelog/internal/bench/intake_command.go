package bench

import (
	"context"

	"github.com/spf13/cobra"
)

// intakeCommand is `bench intake`.
func (o *options) intakeCommand() *cobra.Command {
	var clients, storm, silences int
	var transitions string
	c := &cobra.Command{
		Use: "intake", Short: "Alerts accepted over HTTP, against raw appends; with --storm, from acceptance to the timeline",
		Long: "Alerts accepted over HTTP, each durable before it is answered, against the same bytes\n" +
			"appended by as many writers. With --storm N, N alerts are sent within --seconds instead,\n" +
			"and it is measured when each is in the timeline and whether one is lost. They are made,\n" +
			"or read from the changes of components of a status page (JSON Lines, plain or gzip).",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c, func(ctx context.Context) (Report, error) {
				if storm > 0 {
					return Storm(ctx, storm, max(silences, 0), o.duration(), transitions)
				}
				return Intake(ctx, max(clients, 1), max(silences, 0), o.duration())
			})
		},
	}
	c.Flags().IntVar(&clients, "clients", 64, "senders at once")
	c.Flags().IntVar(&storm, "storm", 0, "alerts within --seconds; 0: as many as are accepted")
	c.Flags().IntVar(&silences, "silences", 0, "silences that hold meanwhile and concern none of the alerts, and a maintenance for each ten")
	c.Flags().StringVar(&transitions, "transitions", "", "file of component changes to make the storm of")
	return c
}
