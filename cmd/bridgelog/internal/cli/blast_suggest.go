package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// suggestible gives `blast` the flag that proposes instead of writing.
func (a *app) suggestible(c *cobra.Command) *cobra.Command {
	var suggest bool
	c.Flags().BoolVar(&suggest, "suggest", false, "show which services may be hit too, since they depend on what is; nothing is written")
	write := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if suggest {
			return a.suggestBlast(cmd, args)
		}
		return write(cmd, args)
	}
	return c
}

func (a *app) suggestBlast(cmd *cobra.Command, args []string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	if err := atMost(1)(cmd, args); err != nil {
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
	answer, err := s.Suspects.SuggestBlastRadius(ctx, &timelinev1.SuggestBlastRadiusRequest{Incident: incident})
	if err != nil {
		return err
	}
	v := view.OfBlastSuggestion(answer)
	return p.Print(output.Document{Value: v, Blocks: suggestionBlocks(incident, v)})
}

func suggestionBlocks(incident string, v view.BlastSuggestion) []output.Block {
	if len(v.Services) == 0 {
		return []output.Block{output.Line{output.P("The incident names no service: say which is hit with blast --service.")}}
	}
	rows := output.Rows{
		Columns: []string{"service", "why", "components"}, Shrink: 1,
		Empty: "Nothing depends on " + strings.Join(v.Services, ", ") + ", as far as the catalog knows.",
	}
	all := slices.Clone(v.Services)
	for _, r := range v.Reached {
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, r.Service), output.P(r.Reason), output.P(strings.Join(r.Components, ", ")),
		})
		all = append(all, r.Service)
	}
	blocks := []output.Block{output.Line{output.T(output.Dim, "proposed by the "+v.ProposedBy+" from the dependencies in the catalog")}, rows}
	if len(v.Reached) > 0 {
		blocks = append(blocks, output.Line{output.T(output.Dim, "to say that it is so: bridgelog blast "+incident+" --service "+strings.Join(all, " --service "))})
	}
	return blocks
}
