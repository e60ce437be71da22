package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func (a *app) deliveriesCommand() *cobra.Command {
	c := group("deliveries", "What was sent to webhooks, and how to send it again",
		a.deliveriesListCommand(), a.deliveriesShowCommand(), a.redeliverCommand(), a.releaseCommand())
	c.Aliases = []string{"delivery"}
	return c
}

// deliveryStates are the words of --state.
func deliveryStates() []string { return []string{"pending", "delivered", "dead", "held", "cancelled"} }

// deliveryFilter is what chooses deliveries.
type deliveryFilter struct {
	webhooks, states, events, reasons []string
	incident                          string
	bounds                            bounds
}

func (f *deliveryFilter) bind(a *app, c *cobra.Command, states bool) {
	flags := c.Flags()
	flags.StringSliceVar(&f.webhooks, "webhook", nil, "only to these webhooks")
	if states {
		flags.StringSliceVar(&f.states, "state", nil, "only in these states: "+strings.Join(deliveryStates(), ", "))
		_ = c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(deliveryStates(), cobra.ShellCompDirectiveNoFileComp))
	}
	flags.StringSliceVar(&f.events, "event", nil, "only of these event types; a trailing * stands for any rest")
	flags.StringSliceVar(&f.reasons, "reason", nil, "only for these reasons, for example stale or uncertain")
	flags.StringVar(&f.incident, "incident", "", "only of this incident")
	f.bounds.bind(flags)
	_ = c.RegisterFlagCompletionFunc("webhook", a.completeResources("webhook"))
	_ = c.RegisterFlagCompletionFunc("incident", a.completeOtherIncident)
}

func (f *deliveryFilter) read(a *app) (*notifyv1.DeliveryFilter, error) {
	out := &notifyv1.DeliveryFilter{Webhooks: f.webhooks, EventTypes: f.events, ReasonCodes: f.reasons, Incident: f.incident}
	for _, word := range f.states {
		state, ok := notifyv1.DeliveryState_value["DELIVERY_STATE_"+strings.ToUpper(word)]
		if !ok || state == 0 {
			return nil, fault.FieldUsagef("state", "--state %s: choose from %s", word, strings.Join(deliveryStates(), ", "))
		}
		out.States = append(out.States, notifyv1.DeliveryState(state))
	}
	var err error
	out.Since, out.Until, err = f.bounds.read(a)
	return out, err
}

// deliveriesList is what `deliveries list` looks for.
type deliveriesList struct {
	filter    deliveryFilter
	limit     int
	all       bool
	pageToken string
}

func (a *app) deliveriesListCommand() *cobra.Command {
	var f deliveriesList
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List deliveries, newest first", Args: noArgs,
		Long: `List deliveries, newest first. --state dead are the dead letters; --state held wait for
` + "`bridgelog deliveries release`" + `.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.deliveriesList(cmd.Context(), f) },
	}
	f.filter.bind(a, c, true)
	f.bind(c.Flags())
	return c
}

func (f *deliveriesList) bind(flags *pflag.FlagSet) {
	flags.IntVar(&f.limit, "limit", 50, "how many at most")
	flags.BoolVar(&f.all, "all", false, "all of them")
	flags.StringVar(&f.pageToken, "page-token", "", "go on where the answer before ended")
}

func (a *app) deliveriesList(ctx context.Context, f deliveriesList) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	filter, err := f.filter.read(a)
	if err != nil {
		return err
	}
	if f.limit < 1 && !f.all {
		return fault.FieldUsagef("limit", "--limit must be at least 1; use --all for all of them")
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	var found view.Deliveries
	request := &notifyv1.ListDeliveriesRequest{Filter: filter}
	found.Deliveries, found.NextPageToken, err = collect(ctx, a, f.all, f.limit, f.pageToken,
		func(ctx context.Context, size int32, token string) ([]view.Delivery, string, error) {
			request.PageSize, request.PageToken = size, token
			page, err := s.Notify.ListDeliveries(ctx, request)
			return each(page.GetDeliveries(), view.OfDelivery), page.GetNextPageToken(), err
		})
	if err != nil {
		return err
	}
	return p.Print(output.Document{Value: found, Blocks: a.deliveryRows(found)})
}

func (a *app) deliveryRows(found view.Deliveries) []output.Block {
	rows := output.Rows{
		Columns: []string{"id", "webhook", "event", "incident", "state", "tries", "created", "why"}, Empty: "No deliveries.", Drop: []int{6, 7},
	}
	for _, d := range found.Deliveries {
		why := d.Reason
		if why == "" && d.State == "pending" && d.Attempts > 0 {
			why = "next attempt " + a.clock().When(d.NextAttemptTime.Time)
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, count64(d.ID)), output.P(d.Webhook), output.P(d.EventType), output.P(d.Incident), deliveryState(d.State),
			output.P(count64(int64(d.Attempts))), output.T(output.Dim, a.clock().Age(d.CreateTime.Time)), output.T(output.Dim, why),
		})
	}
	blocks := []output.Block{rows}
	if found.NextPageToken != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "there are more: --limit, --all or --page-token "+found.NextPageToken)})
	}
	return blocks
}

func deliveryState(state string) output.Cell {
	tone := output.Plain
	switch state {
	case "delivered":
		tone = output.Good
	case "held":
		tone = output.Warn
	case "dead":
		tone = output.Bad
	case "cancelled":
		tone = output.Dim
	}
	return output.T(tone, state)
}
