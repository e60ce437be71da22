package cli

import (
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

func (a *app) alertsCommand() *cobra.Command {
	c := group("alerts", "See the alerts that machines sent, and take care of them", a.alertsListCommand(), a.alertsShowCommand(),
		a.alertsAckCommand(), a.alertsNoteCommand(), a.alertsSilenceCommand(), a.alertsDeclareCommand())
	c.Aliases = []string{"alert"}
	return c
}

// alertStates are the words for where an alert may stand.
func alertStates() []string { return []string{"firing", "acknowledged", "suppressed", "resolved"} }

// alertFilter is what `alerts list` looks for.
type alertFilter struct {
	open, all                   bool
	labels, states              []string
	incident, source, pageToken string
	bounds                      bounds
	limit                       int
}

func (f *alertFilter) bind(flags *pflag.FlagSet) {
	flags.BoolVar(&f.open, "open", false, "only those that are firing")
	flags.StringSliceVar(&f.states, "state", nil, "only those in this state: "+strings.Join(alertStates(), ", ")+"; may be repeated")
	flags.StringArrayVarP(&f.labels, "label", "l", nil, "only those with this label, as name=value; may be repeated")
	flags.StringVar(&f.incident, "incident", "", "only those of this incident")
	flags.StringVar(&f.source, "source", "", "only those from this door, for example alertmanager")
	flags.IntVar(&f.limit, "limit", 50, "how many at most")
	flags.BoolVar(&f.all, "all", false, "all of them")
	flags.StringVar(&f.pageToken, "page-token", "", "go on where the answer before ended")
	f.bounds.bind(flags)
}

func (a *app) alertsListCommand() *cobra.Command {
	var f alertFilter
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List alerts, the latest first", Args: noArgs,
		Long: `List alerts, the latest first. An alert is one episode: from when its condition
began to hold until it ended. --since and --until are about its begin.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.alertsList(cmd.Context(), f) },
	}
	f.bind(c.Flags())
	_ = c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(alertStates(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("incident", a.completeOtherIncident)
	return c
}

func (f *alertFilter) request(a *app) (*signalv1.ListAlertsRequest, error) {
	r := &signalv1.ListAlertsRequest{
		Open: f.open, Incident: f.incident, Source: f.source, PageToken: f.pageToken,
	}
	var err error
	if r.Labels, err = readLabels(f.labels); err != nil {
		return nil, err
	}
	for _, word := range f.states {
		number := signalv1.AlertState_value["ALERT_STATE_"+strings.ToUpper(word)]
		if !slices.Contains(alertStates(), strings.ToLower(word)) {
			return nil, fault.FieldUsagef("state", "--state %s: it is one of %s", word, strings.Join(alertStates(), ", "))
		}
		r.States = append(r.States, signalv1.AlertState(number))
	}
	if r.Since, r.Until, err = f.bounds.read(a); err != nil {
		return nil, err
	}
	if f.limit < 1 && !f.all {
		return nil, fault.FieldUsagef("limit", "--limit must be at least 1; use --all for all of them")
	}
	return r, nil
}

func (a *app) alertsList(ctx context.Context, f alertFilter) error {
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
	var found view.AlertEpisodes
	found.Alerts, found.NextPageToken, err = collect(ctx, a, f.all, f.limit, request.GetPageToken(),
		func(ctx context.Context, size int32, token string) ([]view.AlertEpisode, string, error) {
			request.PageSize, request.PageToken = size, token
			page, err := s.Alerts.ListAlerts(ctx, request)
			return each(page.GetAlerts(), view.OfAlert), page.GetNextPageToken(), err
		})
	if err != nil {
		return err
	}
	return p.Print(output.Document{Value: found, Blocks: a.alertRows(found)})
}

func (a *app) alertRows(found view.AlertEpisodes) []output.Block {
	rows := output.Rows{
		Columns: []string{"alert", "state", "title", "labels", "incident", "began", "ended"}, Shrink: 3,
		Empty: "No alerts.",
	}
	clock := a.clock()
	for _, alert := range found.Alerts {
		ended := ""
		if !alert.EndedTime.IsZero() {
			ended = clock.When(alert.EndedTime.Time)
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, shortAlert(alert.ID)), alertStateCell(alert), alertTitle(alert),
			output.T(output.Dim, fewLabels(alert.Labels)), output.P(alert.Incident),
			output.T(output.Dim, clock.When(alert.StartedTime.Time)), output.T(output.Dim, ended),
		})
	}
	blocks := []output.Block{rows}
	if found.NextPageToken != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "there are more: --limit, --all or --page-token "+found.NextPageToken)})
	}
	return blocks
}
