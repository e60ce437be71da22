package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// searching are the flags of `search`.
type searching struct {
	incident, pageToken string
	limit               int
}

func (a *app) searchCommand() *cobra.Command {
	var f searching
	c := &cobra.Command{
		Use: "search WORDS", Short: "Find entries by what they say, newest first", Args: someArgs,
		Long: `Find entries of all incidents that you may see by what they say, newest first.
"Words in quotes" stand together, -word excludes, or means either. ` + "`list --search`" + `
finds incidents instead.`,
		Example: `  bridgelog search connection pool
  bridgelog search '"connection pool" -staging' --incident INC-41`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.search(cmd.Context(), f, strings.Join(args, " "))
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.incident, "incident", "", "only in this incident")
	flags.IntVar(&f.limit, "limit", 20, "how many at most")
	flags.StringVar(&f.pageToken, "page-token", "", "go on where the answer before ended")
	_ = c.RegisterFlagCompletionFunc("incident", a.completeAct(nil, false))
	return c
}

func (a *app) search(ctx context.Context, f searching, query string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	const most = 200 // entries of one page
	switch {
	case f.limit < 1 || f.limit > most:
		return fault.FieldUsagef("limit", "--limit must be from 1 to %d; --page-token goes on", most)
	case f.incident != "" && !incidentName(f.incident):
		return fault.FieldUsagef("incident", "%q names no incident: use INC-41, 41 or the full id", f.incident)
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	limited, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Timeline.SearchEntries(limited, &timelinev1.SearchEntriesRequest{
		Query: query, Incident: canonical(f.incident), PageSize: int32(f.limit), PageToken: f.pageToken,
	})
	if err != nil {
		return err
	}
	var blocks []output.Block
	for _, e := range r.GetEntries() {
		blocks = append(blocks, a.entryBlocks(e, look{named: true, imported: e.GetRecordedTime().AsTime()})...)
	}
	if len(blocks) == 0 {
		blocks = append(blocks, output.Line{output.P("No entries.")})
	}
	blocks = append(blocks, foundBlocks(r.GetSearchIncomplete(), "--limit", r.GetNextPageToken())...)
	return p.Print(output.Document{
		Value: view.Found{
			Entries: view.Entries(r.GetEntries()), NextPageToken: r.GetNextPageToken(), SearchIncomplete: r.GetSearchIncomplete(),
			Position: r.GetPosition(),
		},
		Blocks: append(blocks, markBlocks(a.marks(s, nil))...),
	})
}

// foundBlocks say what may be missing in an answer.
func foundBlocks(incomplete bool, flags, pageToken string) []output.Block {
	var blocks []output.Block
	if incomplete {
		blocks = append(blocks, output.Line{output.T(output.Warn, "the search index is still being built: some may be missing")})
	}
	if pageToken != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "there are more: "+flags+" or --page-token "+pageToken)})
	}
	return blocks
}
