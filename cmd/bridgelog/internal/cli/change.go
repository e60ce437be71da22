package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) changeCommand() *cobra.Command {
	c := group("change", "What was changed: deployments, settings, flags, migrations",
		a.changeRecordCommand(), a.changeListCommand(), a.changeShowCommand())
	c.Aliases = []string{"changes"}
	return c
}

// changeFilter is what `change list` looks for.
type changeFilter struct {
	services, kinds                []string
	environment, source, pageToken string
	bounds                         bounds
	limit                          int
	all                            bool
}

func (f *changeFilter) bind(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.services, "service", nil, "only those of this service; may be repeated")
	flags.StringSliceVar(&f.kinds, "kind", nil, "only those of this kind; may be repeated")
	flags.StringVar(&f.environment, "environment", "", "only those in this environment")
	flags.StringVar(&f.source, "source", "", "only those from this door, for example github; manual for what people recorded")
	flags.IntVar(&f.limit, "limit", 50, "how many at most")
	flags.BoolVar(&f.all, "all", false, "all of them")
	flags.StringVar(&f.pageToken, "page-token", "", "go on where the answer before ended")
	f.bounds.bind(flags)
}

func (a *app) changeListCommand() *cobra.Command {
	var f changeFilter
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List changes, the latest first", Args: noArgs,
		Long: `List changes, the latest first. --since and --until are about when they took effect.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.changeList(cmd.Context(), f) },
	}
	f.bind(c.Flags())
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(change.Kinds(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (f *changeFilter) request(a *app) (*signalv1.ListChangesRequest, error) {
	r := &signalv1.ListChangesRequest{Services: f.services, Environment: f.environment, Source: f.source, PageToken: f.pageToken}
	for _, word := range f.kinds {
		k, err := readKind(word)
		if err != nil {
			return nil, err
		}
		r.Kinds = append(r.Kinds, k)
	}
	var err error
	if r.Since, r.Until, err = f.bounds.read(a); err != nil {
		return nil, err
	}
	if f.limit < 1 && !f.all {
		return nil, fault.FieldUsagef("limit", "--limit must be at least 1; use --all for all of them")
	}
	return r, nil
}

func (a *app) changeList(ctx context.Context, f changeFilter) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	request, err := f.request(a)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	var found view.Changes
	found.Changes, found.NextPageToken, err = collect(ctx, a, f.all, f.limit, request.GetPageToken(),
		func(ctx context.Context, size int32, token string) ([]view.Change, string, error) {
			request.PageSize, request.PageToken = size, token
			page, err := s.Changes.ListChanges(ctx, request)
			return each(page.GetChanges(), view.OfChange), page.GetNextPageToken(), err
		})
	if err != nil {
		return err
	}
	return p.Print(output.Document{Value: found, Blocks: a.changeRows(found)})
}

func (a *app) changeRows(found view.Changes) []output.Block {
	rows := output.Rows{
		Columns: []string{"change", "when", "kind", "outcome", "service", "environment", "version", "title", "by"}, Shrink: 7,
		Empty: "No changes.",
	}
	clock := a.clock()
	for _, c := range found.Changes {
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, shortAlert(c.ID)), output.T(output.Dim, clock.When(c.StartedTime.Time)), output.P(c.Kind),
			changeOutcomeCell(c.Outcome), output.P(c.Service), output.P(c.Environment), output.P(c.Version), changeTitle(c), output.P(c.Author),
		})
	}
	blocks := []output.Block{rows}
	if found.NextPageToken != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "there are more: --limit, --all or --page-token "+found.NextPageToken)})
	}
	return blocks
}

func changeOutcomeCell(outcome string) output.Cell {
	switch outcome {
	case change.Failed.String():
		return output.T(output.Bad, outcome)
	case change.Succeeded.String():
		return output.T(output.Good, outcome)
	}
	return output.P(outcome)
}

func changeTitle(c view.Change) output.Cell {
	if c.Redacted {
		return output.T(output.Warn, "[redacted]")
	}
	return output.P(c.Title)
}
