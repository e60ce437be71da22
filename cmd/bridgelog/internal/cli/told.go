package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// reportTold is report for what decides who hears of an incident: it also names them,
// and which clocks run now. When the read side does not know it at once, that is left
// out; it does not touch the write.
func (a *app) reportTold(ctx context.Context, s *session, p output.Printer, result *incidentv1.WriteResult, done string) error {
	v, blocks := a.written(ctx, s, result, done)
	told := view.WriteTold{Write: v, Clocks: []view.Clock{}}
	limited, cancel := context.WithTimeout(ctx, cmp.Or(a.Patience, 500*time.Millisecond))
	defer cancel()
	r, err := s.Timeline.GetClocks(limited, &timelinev1.GetClocksRequest{Incident: result.GetIncidentId(), Position: result.GetPosition()})
	if err == nil {
		audience := view.OfAudience(r.GetAudience())
		told.Audience = &audience
		for _, c := range view.OfClocks(r).Clocks {
			if c.TimeLeftSeconds != nil {
				told.Clocks = append(told.Clocks, c)
			}
		}
		blocks = append(blocks, a.toldBlocks(audience, told.Clocks)...)
	}
	return p.Print(output.Document{Value: told, Blocks: blocks})
}

// toldBlocks says who hears of it and which clocks run.
func (a *app) toldBlocks(who view.Audience, clocks []view.Clock) []output.Block {
	called := "nobody"
	if len(who.Called) > 0 {
		called = strings.Join(who.Called, ", ")
		if who.Urgency == "low" {
			called += ", in working hours"
		}
	}
	customers := "need not be told"
	if who.Customers {
		customers = "are to be told"
	}
	var running []string
	for _, c := range clocks {
		one := clockTitle(c) + " by " + a.clock().Short(c.DueTime.Time)
		if c.State == "overdue" {
			one += " (OVERDUE)"
		}
		running = append(running, one)
	}
	return []output.Block{output.Fields{
		{Name: "to call", Value: output.P(called)},
		{Name: "to tell", Value: output.P(strings.Join(who.Told, ", "))},
		{Name: "customers", Value: output.P(customers)},
		{Name: "clocks", Value: output.P(strings.Join(running, "; "))},
	}}
}
