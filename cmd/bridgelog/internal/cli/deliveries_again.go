package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

// again is what redeliver and release have in common.
type again struct {
	filter           deliveryFilter
	all, dryRun, yes bool
	discard          bool
	ids              []int64
	chosen           *notifyv1.DeliveryFilter
}

func (g *again) bind(a *app, c *cobra.Command, states bool) {
	g.filter.bind(a, c, states)
	c.Flags().BoolVar(&g.all, "all", false, "all of them, without any other choice")
	c.Flags().BoolVar(&g.dryRun, "dry-run", false, "only count")
	c.Flags().BoolVar(&g.yes, "yes", false, "do not ask")
}

// read finds out which deliveries are meant: numbers, or a filter.
func (g *again) read(a *app, cmd *cobra.Command, args []string) error {
	for _, text := range args {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 1 {
			return fault.FieldUsagef("id", "%q is no number of a delivery: see bridgelog deliveries list", text)
		}
		g.ids = append(g.ids, id)
	}
	filtered := false
	for _, name := range []string{"webhook", "state", "event", "reason", "incident", "since", "until"} {
		filtered = filtered || cmd.Flags().Changed(name)
	}
	switch {
	case len(g.ids) > 0 && (filtered || g.all):
		return fault.Usagef("give numbers or a filter, not both")
	case len(g.ids) == 0 && !filtered && !g.all:
		return fault.Usagef("which deliveries? Give numbers, a filter such as --webhook or --since, or --all")
	case len(g.ids) == 0:
		var err error
		g.chosen, err = g.filter.read(a)
		return err
	}
	return nil
}

func (a *app) redeliverCommand() *cobra.Command {
	var g again
	c := &cobra.Command{
		Use: "redeliver [ID…]", Aliases: []string{"resend"}, Short: "Send deliveries again: some, those of a filter, or a range of time",
		Long: `Send deliveries again. They keep their message id, so a receiver that deduplicates
takes them once. Without --state those of a filter are the dead and the cancelled ones.

  bridgelog deliveries redeliver 4711
  bridgelog deliveries redeliver --webhook ops --since 2d
  bridgelog deliveries redeliver --state delivered --incident INC-41`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := g.read(a, cmd, args); err != nil {
				return err
			}
			return a.redeliver(cmd, g)
		},
	}
	g.bind(a, c, true)
	return c
}

func (a *app) redeliver(cmd *cobra.Command, g again) error {
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
	request := &notifyv1.RedeliverDeliveriesRequest{Ids: g.ids, Filter: g.chosen, DryRun: true}
	if g.chosen != nil && !g.dryRun && !g.yes {
		r, err := s.Notify.RedeliverDeliveries(ctx, request)
		if err != nil {
			return err
		}
		preview := []output.Block{output.Line{output.P(fmt.Sprintf("%d deliveries would be sent again", r.GetRedelivered()))}}
		if err := a.confirm(r.GetRedelivered() == 0, "Send them again?", preview); err != nil {
			return err
		}
	}
	request.DryRun = g.dryRun
	ctx, cancel = a.deadline(cmd.Context())
	defer cancel()
	r, err := s.Notify.RedeliverDeliveries(ctx, request)
	if err != nil {
		return err
	}
	word := "sent again"
	if g.dryRun {
		word = "would be sent again"
	}
	line := output.Line{output.T(output.Good, fmt.Sprintf("%d %s", r.GetRedelivered(), word))}
	if r.GetSkipped() > 0 {
		line = append(line, output.T(output.Warn, fmt.Sprintf("%d skipped: their webhook is disabled or deleted", r.GetSkipped())))
	}
	err = p.Print(output.Document{
		Value:  map[string]any{"redelivered": r.GetRedelivered(), "skipped": r.GetSkipped(), "dry_run": g.dryRun, "system": s.Target.Name},
		Blocks: []output.Block{append(line, a.marks(s, nil)...)},
	})
	if err == nil && len(g.ids) > 0 && r.GetRedelivered() == 0 {
		return fault.Refusedf("nothing was sent again: there is no such delivery, it waits already, is held, or its webhook gets nothing")
	}
	return err
}

func (a *app) releaseCommand() *cobra.Command {
	var g again
	c := &cobra.Command{
		Use: "release [ID…]", Short: "Let deliveries go that are held, or discard them",
		Long: `Let deliveries go that are held for a person, or discard them with --discard.
Deliveries are held when they are old news (stale), or when the database was replaced by
an older copy and they may have been sent before (uncertain); they keep their message id,
so a receiver that deduplicates takes them once.

  bridgelog deliveries release --reason uncertain --webhook ops
  bridgelog deliveries release --all --discard`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := g.read(a, cmd, args); err != nil {
				return err
			}
			return a.release(cmd, g)
		},
	}
	g.bind(a, c, false)
	c.Flags().BoolVar(&g.discard, "discard", false, "do not send them: they are cancelled")
	return c
}

func (a *app) release(cmd *cobra.Command, g again) error {
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
	request := &notifyv1.ReleaseDeliveriesRequest{Ids: g.ids, Filter: g.chosen, Discard: g.discard, DryRun: true}
	word := "released"
	if g.discard {
		word = "discarded"
	}
	if !g.dryRun && !g.yes {
		r, err := s.Notify.ReleaseDeliveries(ctx, request)
		if err != nil {
			return err
		}
		preview := []output.Block{output.Line{output.P(fmt.Sprintf("%d held deliveries would be %s", r.GetReleased(), word))}}
		if err := a.confirm(r.GetReleased() == 0, "Go on?", preview); err != nil {
			return err
		}
	}
	request.DryRun = g.dryRun
	ctx, cancel = a.deadline(cmd.Context())
	defer cancel()
	r, err := s.Notify.ReleaseDeliveries(ctx, request)
	if err != nil {
		return err
	}
	if g.dryRun {
		word = "would be " + word
	}
	return p.Print(output.Document{
		Value:  map[string]any{"released": r.GetReleased(), "discarded": g.discard, "dry_run": g.dryRun, "system": s.Target.Name},
		Blocks: []output.Block{append(output.Line{output.T(output.Good, fmt.Sprintf("%d %s", r.GetReleased(), word))}, a.marks(s, nil)...)},
	})
}
