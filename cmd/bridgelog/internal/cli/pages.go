package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) pagesCommand() *cobra.Command {
	return group("pages", "See who was paged because of which alert, or would have been", a.pagesListCommand(), a.pagesShowCommand())
}

// pageFilter is what `pages list` looks for.
type pageFilter struct {
	shadow, real, open, all               bool
	alert, team, route, person, pageToken string
	bounds                                bounds
	limit                                 int
}

func (f *pageFilter) bind(flags *pflag.FlagSet) {
	flags.BoolVar(&f.shadow, "shadow", false, "only whom routes in shadow mode would have paged")
	flags.BoolVar(&f.real, "real", false, "only those that called people")
	flags.BoolVar(&f.open, "open", false, "only those whose alert is not over")
	flags.StringVar(&f.alert, "alert", "", "only those of this alert")
	flags.StringVar(&f.team, "team", "", "only those of this team")
	flags.StringVar(&f.route, "route", "", "only those of this route")
	flags.StringVar(&f.person, "person", "", "only those that page this person")
	flags.IntVar(&f.limit, "limit", 50, "how many at most")
	flags.BoolVar(&f.all, "all", false, "all of them")
	flags.StringVar(&f.pageToken, "page-token", "", "go on where the answer before ended")
	f.bounds.bind(flags)
}

func (a *app) pagesListCommand() *cobra.Command {
	var f pageFilter
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List pages, the latest first", Args: noArgs,
		Long: `List pages, the latest first: who was called because of which alert, and what came
of it. --shadow lists whom routes with shadow: true would have paged, to compare it with
whom another tool did page. --since and --until are about when people were called.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.pagesList(cmd.Context(), f) },
	}
	f.bind(c.Flags())
	_ = c.RegisterFlagCompletionFunc("alert", a.completeAlert)
	return c
}

func (f *pageFilter) request(a *app) (*signalv1.ListPagesRequest, error) {
	r := &signalv1.ListPagesRequest{Open: f.open, Team: f.team, Route: f.route, Person: f.person, PageToken: f.pageToken}
	switch {
	case f.shadow && f.real:
		return nil, fault.FieldUsagef("shadow", "--shadow and --real exclude each other: leave both out for all pages")
	case f.shadow:
		r.Sort = signalv1.PageSort_PAGE_SORT_SHADOW
	case f.real:
		r.Sort = signalv1.PageSort_PAGE_SORT_REAL
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

func (a *app) pagesList(ctx context.Context, f pageFilter) error {
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
	if f.alert != "" {
		if request.Alert, err = a.alertNamed(ctx, s, f.alert); err != nil {
			return err
		}
	}
	var found view.Pages
	found.Pages, found.NextPageToken, err = collect(ctx, a, f.all, f.limit, request.GetPageToken(),
		func(ctx context.Context, size int32, token string) ([]view.Page, string, error) {
			request.PageSize, request.PageToken = size, token
			page, err := s.Pages.ListPages(ctx, request)
			return each(page.GetPages(), view.OfPage), page.GetNextPageToken(), err
		})
	if err != nil {
		return err
	}
	return p.Print(output.Document{Value: found, Blocks: a.pageRows(found)})
}

func (a *app) pageRows(found view.Pages) []output.Block {
	rows := output.Rows{
		Columns: []string{"page", "when", "state", "urgency", "team", "whom", "alert", "title", "route"}, Shrink: 6, Empty: "No pages.",
	}
	for _, one := range found.Pages {
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, shortAlert(one.ID)), output.T(output.Dim, a.clock().When(one.RequestedTime.Time)), pageStateCell(one),
			output.P(one.Urgency), output.P(one.Team), output.P(whomOf(one)), output.P(shortAlert(one.Alert)), output.P(one.AlertTitle), output.P(one.Route),
		})
	}
	blocks := []output.Block{rows}
	if found.NextPageToken != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "there are more: --limit, --all or --page-token "+found.NextPageToken)})
	}
	return blocks
}

// pageStateCell is where a page stands, and who answered it.
func pageStateCell(one view.Page) output.Cell {
	switch one.State {
	case "calling", "nobody":
		return output.T(output.Bad, one.State)
	case "acknowledged":
		return output.T(output.Warn, "acknowledged by "+one.AcknowledgedBy)
	case "shadow":
		return output.T(output.Dim, one.State)
	}
	return output.T(output.Good, one.State)
}

// whomOf are the names of those who are called, each with what came of it, or why nobody is.
func whomOf(one view.Page) string {
	names := make([]string, len(one.People))
	for i, p := range one.People {
		if names[i] = p.Name; !one.Shadow {
			names[i] += " (" + strings.ReplaceAll(farthest(p), "_", " ") + ")"
		}
	}
	return cmp.Or(one.Problem, strings.Join(names, ", "))
}

// farthest is how far telling somebody has got by any way.
func farthest(p view.PagedPerson) string {
	for _, state := range []string{"delivered", "attempted", "waiting", "stopped", "failed"} {
		if slices.ContainsFunc(p.Ways, func(w view.PagedWay) bool { return w.State == state }) {
			return state
		}
	}
	return "no_way"
}
