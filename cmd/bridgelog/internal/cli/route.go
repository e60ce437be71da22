package cli

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
)

// routeCommand is about what becomes of alerts.
func (a *app) routeCommand() *cobra.Command {
	return group("route", "See what would become of alerts", a.routeTestCommand())
}

func (a *app) routeTestCommand() *cobra.Command {
	var at, source, sender, kind string
	c := &cobra.Command{
		Use: "test PAYLOAD --source DOOR", Short: "Show which route would take each alert of a payload; nothing is stored", Args: exactly(1),
		Long: `Show which alerts a payload tells of, which route would take each, and what would
happen; and which changes it would record. PAYLOAD is a file as a sender would send it, or - for the input. Nothing is
stored. It needs the role responder.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			if source == "" {
				return fault.FieldUsagef("source", "which door? --source alertmanager, for example")
			}
			payload, err := a.readPayload(args[0])
			if err != nil {
				return err
			}
			doors, err := a.doors(at)
			if err != nil {
				return err
			}
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			found, err := doors.Try(ctx, source, sender, kind, payload)
			if err != nil {
				return refusedByDoors(err)
			}
			return p.Print(output.Document{Value: found, Blocks: triedBlocks(found)})
		},
	}
	flags := c.Flags()
	flags.StringVar(&at, "intake", "", "where the doors are, for example http://127.0.0.1:7423 (BRIDGELOG_INTAKE)")
	flags.StringVar(&source, "source", "", "the door, for example alertmanager")
	flags.StringVar(&sender, "sender", "", "the sender, whose mapping reads the payload")
	flags.StringVar(&kind, "content-type", "application/json", "the kind of the payload")
	return c
}

func triedBlocks(found client.Trial) []output.Block {
	if len(found.Alerts)+len(found.Remarks)+len(found.Changes) == 0 {
		return []output.Block{output.Line{output.P("The payload tells of no alert and of no change.")}}
	}
	return slices.Concat(triedAlertBlocks(found.Alerts), triedRemarkBlocks(found.Remarks), triedChangeBlocks(found.Changes))
}

func triedAlertBlocks(found []client.Tried) []output.Block {
	var blocks []output.Block
	for _, t := range found {
		route := t.Route
		if route == "" {
			route = "none"
		}
		blocks = append(blocks, output.Line{alertStateCell(view.AlertEpisode{State: t.State}), output.T(output.Strong, t.Title)}, output.Fields{
			{Name: "route", Value: output.P(route)},
			{Name: "then it", Value: output.P(t.Outcome)},
			{Name: "pages", Value: output.P(triedWhom(t.Page))},
			{Name: "forwarded to", Value: output.P(strings.Join(t.Tee, ", "))},
			{Name: "severity", Value: output.P(t.Severity)},
			{Name: "service", Value: output.P(t.Service)},
			{Name: "grouped by", Value: output.P(strings.Join(t.GroupBy, ", "))},
			{Name: "labels", Value: output.P(fewLabels(t.Labels))},
			{Name: "fingerprint", Value: output.P(t.Fingerprint)},
		})
	}
	return blocks
}

// triedWhom says whom a route would page, and how; "" where it pages nobody.
func triedWhom(p *client.TriedPage) string {
	if p == nil {
		return ""
	}
	said := p.Urgency + " urgency"
	if p.Team != "" {
		said += ", team " + p.Team
	}
	if p.NotBefore != nil {
		said += ", not before " + p.NotBefore.Format(time.RFC3339)
	}
	if p.Problem != "" {
		return said + ": " + p.Problem
	}
	var people []string
	for _, person := range p.People {
		var ways []string
		for _, w := range person.Ways {
			ways = append(ways, cmp.Or(w.Problem, strings.TrimSpace(w.Type+" by "+w.Integration)))
		}
		people = append(people, person.Name+" ("+cmp.Or(person.Problem, strings.Join(ways, ", "))+")")
	}
	return said + ": " + strings.Join(people, "; ")
}
