package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func count64(n int64) string { return strconv.FormatInt(n, 10) }

func (a *app) deliveriesShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Aliases: []string{"view", "describe"}, Short: "Show a delivery with its body and every attempt", Args: exactly(1),
		Long: "Show a delivery, by its number or its message id, with its body and every attempt.",
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
			r, err := s.Notify.GetDelivery(ctx, &notifyv1.GetDeliveryRequest{Delivery: args[0]})
			if err != nil {
				return err
			}
			v := view.DeliveryDetail{Delivery: view.OfDelivery(r.GetDelivery()), Body: string(r.GetBody()), Attempts: []view.Attempt{}}
			for _, one := range r.GetAttempts() {
				v.Attempts = append(v.Attempts, view.OfAttempt(one))
			}
			return p.Print(output.Document{Value: v, Blocks: a.deliveryBlocks(v)})
		},
	}
}

func (a *app) deliveryBlocks(v view.DeliveryDetail) []output.Block {
	d := v.Delivery
	at := func(t view.Time) output.Cell {
		if t.IsZero() {
			return output.P("")
		}
		return output.P(a.clock().Time(t.Time))
	}
	blocks := []output.Block{
		output.Line{output.T(output.Strong, count64(d.ID)), deliveryState(d.State), output.P(d.Reason)},
		output.Fields{
			{Name: "webhook", Value: output.P(d.Webhook)},
			{Name: "event", Value: output.P(d.EventType)},
			{Name: "incident", Value: output.P(d.Incident + " " + d.Title)},
			{Name: "created", Value: at(d.CreateTime)},
			{Name: "next attempt", Value: at(d.NextAttemptTime)},
			{Name: "ended", Value: at(d.FinishTime)},
			{Name: "message id", Value: output.T(output.Dim, d.MessageID)},
		},
	}
	if v.Body != "" {
		blocks = append(blocks, output.Heading("Body"), output.Text(indented(v.Body)))
	}
	for _, one := range v.Attempts {
		blocks = append(blocks, output.Heading(fmt.Sprintf("Attempt %d", one.Number)))
		blocks = append(blocks, a.attemptBlocks(one)...)
	}
	return blocks
}

func (a *app) attemptBlocks(one view.Attempt) []output.Block {
	tone := output.Bad
	if one.Outcome == "delivered" {
		tone = output.Good
	}
	took := (time.Duration(one.TookMS) * time.Millisecond).String()
	line := output.Line{output.T(tone, one.Outcome)}
	if one.Status > 0 {
		line = append(line, output.P(strconv.Itoa(int(one.Status))))
	}
	line = append(line, output.P("after "+took), output.T(output.Dim, a.clock().Time(one.StartTime.Time)), output.P(one.Problem))
	blocks := []output.Block{line}
	var headers output.Fields
	for _, name := range slices.Sorted(maps.Keys(one.RequestHeaders)) {
		headers = append(headers, output.Field{Name: "> " + name, Value: output.T(output.Dim, one.RequestHeaders[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(one.ResponseHeaders)) {
		headers = append(headers, output.Field{Name: "< " + name, Value: output.T(output.Dim, one.ResponseHeaders[name])})
	}
	if len(headers) > 0 {
		blocks = append(blocks, headers)
	}
	if utf8.ValidString(one.ResponseBody) && one.ResponseBody != "" {
		blocks = append(blocks, output.Text(one.ResponseBody))
	}
	return blocks
}

// indented is JSON for eyes; what is no JSON stays.
func indented(body string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(body), "", "  ") != nil {
		return body
	}
	return b.String()
}
