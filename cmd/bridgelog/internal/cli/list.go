package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// filter is what `list` looks for.
type filter struct {
	open, drills, maintenance, merged, all bool
	severities, statuses, services         []string
	categories                             []string
	search, person, pageToken              string
	bounds                                 bounds
	limit                                  int
}

func (f *filter) bind(flags *pflag.FlagSet) {
	flags.BoolVar(&f.open, "open", false, "only those that are not over")
	flags.StringSliceVarP(&f.severities, "severity", "s", nil, "only these severities")
	flags.StringSliceVar(&f.statuses, "status", nil, "only these statuses")
	flags.StringSliceVar(&f.services, "service", nil, "only incidents of these services")
	flags.StringSliceVar(&f.categories, "category", nil, "only these kinds of cause")
	flags.StringVar(&f.search, "search", "", "words that stand in the title, summary or entries")
	flags.StringVar(&f.person, "person", "", "only those where this person holds a role")
	flags.BoolVar(&f.drills, "drills", false, "practice too")
	flags.BoolVar(&f.maintenance, "maintenance", false, "planned work from imports too")
	flags.BoolVar(&f.merged, "merged", false, "those that were merged into others too")
	flags.IntVar(&f.limit, "limit", 50, "how many at most")
	flags.BoolVar(&f.all, "all", false, "all of them")
	flags.StringVar(&f.pageToken, "page-token", "", "go on where the answer before ended")
	f.bounds.bind(flags)
}

func (a *app) listCommand() *cobra.Command {
	var f filter
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List incidents, newest first", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.list(cmd.Context(), f) },
	}
	f.bind(c.Flags())
	return c
}

func (f *filter) request(ctx context.Context, a *app) (*timelinev1.ListIncidentsRequest, error) {
	r := &timelinev1.ListIncidentsRequest{
		Open: f.open, Services: f.services, Categories: f.categories, Search: f.search, Person: f.person, PageToken: f.pageToken,
		IncludeDrills: f.drills, IncludeMaintenance: f.maintenance, IncludeMerged: f.merged,
	}
	for _, word := range f.severities {
		severity, err := a.severityOf(ctx, word)
		if err != nil {
			return nil, err
		}
		r.Severities = append(r.Severities, incidentv1.Severity(severity))
	}
	for _, word := range f.statuses {
		status, err := incident.ParseStatus(word)
		if err != nil {
			return nil, err
		}
		r.Statuses = append(r.Statuses, incidentv1.Status(status))
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

func (a *app) list(ctx context.Context, f filter) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	request, err := f.request(ctx, a)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	var found view.Incidents
	found.Incidents, found.NextPageToken, err = collect(ctx, a, f.all, f.limit, request.GetPageToken(),
		func(ctx context.Context, size int32, token string) ([]view.Incident, string, error) {
			request.PageSize, request.PageToken = size, token
			page, err := s.Timeline.ListIncidents(ctx, request)
			found.Position = page.GetPosition()
			found.SearchIncomplete = found.SearchIncomplete || page.GetSearchIncomplete()
			return each(page.GetIncidents(), view.OfIncident), page.GetNextPageToken(), err
		})
	if err != nil {
		return err
	}
	return p.Print(output.Document{Value: found, Blocks: a.listBlocks(s, found)})
}

func (a *app) listBlocks(s *session, found view.Incidents) []output.Block {
	rows := output.Rows{
		Columns: []string{"incident", "severity", "status", "title", "category", "commander", "declared"}, Shrink: 4, Drop: []int{5, 6, 7, 3},
		Empty: "No incidents.",
	}
	clock := a.clock()
	for _, in := range found.Incidents {
		title := in.Title
		if in.Drill {
			title = "[DRILL] " + title
		}
		if in.Private {
			title = "[private] " + title
		}
		if len(in.OverdueClocks) > 0 {
			title = "[OVERDUE] " + title
		}
		severity := severityCell(in.Severity)
		if in.Kind == "maintenance" {
			severity = output.T(output.Dim, "planned")
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, in.Name), severity, statusCell(in.Status), output.P(title), output.P(in.Category),
			output.P(holder(in, "commander")), output.T(output.Dim, clock.When(in.DeclaredTime.Time)),
		})
	}
	blocks := append([]output.Block{rows}, foundBlocks(found.SearchIncomplete, "--limit, --all", found.NextPageToken)...)
	return append(blocks, markBlocks(a.marks(s, nil))...)
}

// holder is who holds a role; "" when nobody does.
func holder(in view.Incident, role string) string {
	for _, r := range in.Roles {
		if r.Role == role {
			if r.PersonName != "" {
				return r.PersonName
			}
			return r.Person
		}
	}
	return ""
}
