package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func (a *app) webhookListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the webhooks and how they do", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.webhooks(cmd, "") },
	}
}

func (a *app) webhookShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Aliases: []string{"view", "describe"}, Short: "Show one webhook and how it does", Args: exactly(1),
		ValidArgsFunction: a.completeResources("webhook"),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.webhooks(cmd, args[0]) },
	}
}

func (a *app) webhooks(cmd *cobra.Command, name string) error {
	p, err := a.printer()
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
	r, err := s.Notify.ListWebhooks(ctx, &notifyv1.ListWebhooksRequest{Webhook: name})
	if err != nil {
		return err
	}
	if name != "" {
		w := view.OfWebhook(r.GetWebhooks()[0])
		return p.Print(output.Document{Value: w, Blocks: a.webhookBlocks(w)})
	}
	list := []view.Webhook{}
	rows := output.Rows{Columns: []string{"name", "state", "last success", "waiting", "held", "dead", "url"}, Empty: "No webhooks: bridgelog webhook add NAME URL"}
	for _, one := range r.GetWebhooks() {
		w := view.OfWebhook(one)
		list = append(list, w)
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, w.Name), webhookState(w.State), output.T(output.Dim, a.ageOf(w.LastSuccessTime)), countCell(w.Pending, output.Plain),
			countCell(w.Held, output.Warn), countCell(w.Dead, output.Bad), output.P(w.URL),
		})
	}
	return p.Print(output.Document{Value: map[string]any{"webhooks": list}, Blocks: []output.Block{rows}})
}

func (a *app) ageOf(t view.Time) string {
	if t.IsZero() {
		return ""
	}
	return a.clock().Age(t.Time)
}

func countCell(n int64, tone output.Tone) output.Cell {
	if n == 0 {
		return output.T(output.Dim, "0")
	}
	return output.T(tone, strconv.FormatInt(n, 10))
}

func webhookState(state string) output.Cell {
	tone := output.Good
	switch state {
	case "failing", "throttled":
		tone = output.Warn
	case "disabled":
		tone = output.Bad
	}
	return output.T(tone, state)
}

func (a *app) webhookBlocks(w view.Webhook) []output.Block {
	at := func(t view.Time) output.Cell {
		if t.IsZero() {
			return output.P("")
		}
		return output.P(a.clock().Time(t.Time))
	}
	return []output.Block{
		output.Line{output.T(output.Strong, w.Name), webhookState(w.State), output.P(w.Reason)},
		output.Fields{
			{Name: "url", Value: output.P(w.URL)},
			{Name: "event types", Value: output.P(strings.Join(w.EventTypes, ", "))},
			{Name: "severities", Value: output.P(strings.Join(w.Severities, ", "))},
			{Name: "services", Value: output.P(strings.Join(w.Services, ", "))},
			{Name: "last success", Value: at(w.LastSuccessTime)},
			{Name: "last failure", Value: at(w.LastFailureTime)},
			{Name: "last problem", Value: output.P(w.LastProblem)},
			{Name: "failing since", Value: at(w.FailingSince)},
			{Name: "left alone until", Value: at(w.ThrottledUntil)},
			{Name: "disabled since", Value: at(w.DisabledTime)},
			{Name: "deliveries", Value: output.P(fmt.Sprintf("%d waiting, %d held, %d dead", w.Pending, w.Held, w.Dead))},
			{Name: "id", Value: output.T(output.Dim, w.ID)},
		},
	}
}

// testWait is how long a test may take: one attempt has 15 seconds.
const testWait = 20 * time.Second

func (a *app) webhookTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test NAME", Short: "Send a test and show what the receiver answers", Args: exactly(1), ValidArgsFunction: a.completeResources("webhook"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			ctx, cancel := within(cmd.Context(), max(a.timeout, testWait))
			defer cancel()
			r, err := s.Notify.TestWebhook(ctx, &notifyv1.TestWebhookRequest{Webhook: args[0]})
			if err != nil {
				return err
			}
			v := view.DeliveryDetail{Delivery: view.OfDelivery(r.GetDelivery()), Attempts: []view.Attempt{view.OfAttempt(r.GetAttempt())}}
			if err := p.Print(output.Document{Value: v, Blocks: a.attemptBlocks(v.Attempts[0])}); err != nil {
				return err
			}
			return testResult(args[0], v.Attempts[0])
		},
	}
}

func (a *app) webhookEventsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "events [TYPE]", Short: "List the types of events, or show the JSON Schema of one", Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
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
			r, err := s.Notify.ListEventTypes(ctx, &notifyv1.ListEventTypesRequest{})
			if err != nil {
				return err
			}
			return eventTypes(p, r.GetEventTypes(), args)
		},
	}
}
