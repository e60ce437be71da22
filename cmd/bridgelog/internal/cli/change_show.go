package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// findChange bounds how long a decision waits for the read side to find its change.
const findChange = 2 * time.Second

func (a *app) changeShowCommand() *cobra.Command {
	return a.showOne(&cobra.Command{
		Use: "show CHANGE", Short: "Show one change and its evidence",
		Long: `Show one change and which raw signal says so. CHANGE is its id, or the first characters
of it, at least four.`,
	}, func(ctx context.Context, s *session, name string) (output.Document, error) {
		ctx, cancel := a.deadline(ctx)
		defer cancel()
		r, err := s.Changes.GetChange(ctx, &signalv1.GetChangeRequest{Change: name})
		if err != nil {
			return output.Document{}, err
		}
		c := view.OfChange(r.GetChange())
		return output.Document{Value: c, Blocks: a.changeBlocks(c)}, nil
	})
}

// wholeChange is the id of the change that a name begins, or the name as it is where
// there is none: decisions may be about changes that nobody recorded.
func (a *app) wholeChange(ctx context.Context, s *session, name string) string {
	if len(name) < 4 {
		return name
	}
	limited, cancel := context.WithTimeout(ctx, findChange)
	defer cancel()
	r, err := s.Changes.GetChange(limited, &signalv1.GetChangeRequest{Change: name})
	if err != nil {
		return name
	}
	return r.GetChange().GetId()
}

func (a *app) changeBlocks(c view.Change) []output.Block {
	clock := a.clock()
	author := c.Author
	if author == "" {
		author = c.AuthorID
	}
	blocks := []output.Block{
		output.Line{output.T(output.Strong, shortAlert(c.ID)), output.P(c.Kind), changeOutcomeCell(c.Outcome), changeTitle(c)},
		output.Fields{
			{Name: "service", Value: output.P(c.Service)},
			{Name: "environment", Value: output.P(c.Environment)},
			{Name: "version", Value: output.P(c.Version)},
			{Name: "by", Value: output.P(author)},
			{Name: "began", Value: output.P(clock.Time(c.StartedTime.Time))},
			{Name: "ended", Value: output.P(clock.Time(c.EndedTime.Time))},
			{Name: "written down", Value: output.P(clock.Time(c.RecordedTime.Time))},
			{Name: "description", Value: output.P(c.Description)},
			{Name: "link", Value: output.P(c.Link)},
			{Name: "from", Value: output.P(c.Source + " " + c.Key)},
			{Name: "evidence", Value: output.P(c.SignalID)},
			{Name: "id", Value: output.T(output.Dim, c.ID)},
		},
	}
	if len(c.Labels) > 0 {
		rows := output.Rows{Columns: []string{"name", "value"}}
		for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
			rows.Rows = append(rows.Rows, []output.Cell{output.P(name), output.P(c.Labels[name])})
		}
		blocks = append(blocks, output.Heading("Labels"), rows)
	}
	return blocks
}
