package cli

import (
	"context"
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

// webhookSwitchCommand is `webhook enable` or `webhook disable`.
func (a *app) webhookSwitchCommand(on bool) *cobra.Command {
	c := &cobra.Command{
		Use: "disable NAME", Short: "Send a webhook nothing for now", Args: exactly(1), ValidArgsFunction: a.completeResources("webhook"),
		Long: "Send a webhook nothing until it is enabled. What happens meanwhile is not sent later;\nwhat waits already stays.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.webhookSwitch(cmd, args[0], on) },
	}
	if on {
		c.Use, c.Short = "enable NAME", "Send a webhook again that was disabled, by a person or by itself"
		c.Long = c.Short + ".\nWhat it missed is sent again with `bridgelog deliveries redeliver --webhook NAME --since …`."
	}
	return c
}

func (a *app) webhookSwitch(cmd *cobra.Command, name string, on bool) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, spec, err := a.webhookSpec(cmd, name)
	if err != nil {
		return err
	}
	defer s.close()
	if spec.GetDisabled() == on {
		spec.Disabled = !on
		if err := a.applyWebhook(cmd, s, name, spec, "", false); err != nil {
			return err
		}
	}
	ctx, cancel := a.deadline(cmd.Context())
	defer cancel()
	word, tone := "disabled", output.Warn
	if on {
		word, tone = "enabled", output.Good
		if _, err := s.Notify.EnableWebhook(ctx, &notifyv1.EnableWebhookRequest{Webhook: name}); err != nil {
			return err
		}
	}
	return p.Print(output.Document{
		Value:  map[string]any{"name": name, "disabled": !on, "system": s.Target.Name},
		Blocks: []output.Block{append(output.Line{output.T(output.Strong, "webhook/"+name), output.T(tone, word)}, a.marks(s, nil)...)},
	})
}

// within bounds a call that may take longer than others.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

// testResult is an error unless the receiver took the test.
func testResult(name string, attempt view.Attempt) error {
	if attempt.Outcome == "delivered" {
		return nil
	}
	return fault.Refusedf("webhook/%s did not take the test: %s", name, attempt.Problem)
}

// eventTypes prints the types, or the schema of one.
func eventTypes(p output.Printer, types []*notifyv1.EventType, args []string) error {
	list := []map[string]any{}
	rows := output.Rows{Columns: []string{"type", "what it means"}}
	for _, t := range types {
		schema := json.RawMessage(t.GetSchema())
		if len(args) > 0 && t.GetName() == args[0] {
			return p.Print(output.Document{Value: schema, Blocks: []output.Block{output.Text(t.GetSchema())}})
		}
		list = append(list, map[string]any{"name": t.GetName(), "description": t.GetDescription(), "schema": schema})
		rows.Rows = append(rows.Rows, []output.Cell{output.T(output.Strong, t.GetName()), output.P(t.GetDescription())})
	}
	if len(args) > 0 {
		return fault.Usagef("there is no event type %q: `bridgelog webhook events` lists them", args[0])
	}
	return p.Print(output.Document{Value: map[string]any{"event_types": list}, Blocks: []output.Block{rows}})
}
