package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// showOne makes a command that shows one thing, which is named by its only word: by its id,
// or by the first characters of it.
func (a *app) showOne(c *cobra.Command, read func(ctx context.Context, s *session, name string) (output.Document, error)) *cobra.Command {
	c.Aliases, c.Args = []string{"view", "describe"}, exactly(1)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		p, err := a.printer()
		if err != nil {
			return err
		}
		s, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer s.close()
		d, err := read(cmd.Context(), s, args[0])
		if err != nil {
			return err
		}
		return p.Print(d)
	}
	return c
}
