package cli

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// errEnough ends a watch that was to end.
var errEnough = errors.New("enough entries")

func (a *app) watchCommand() *cobra.Command {
	var f following
	var count int
	c := &cobra.Command{
		Use: "watch [INC]", Short: "Follow one incident, or everything, as it happens", Args: atMost(1),
		Long: `Follow one incident, or everything that you may see, as it happens. With -o json
each entry is one line; the position of the last one resumes without loss.`,
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer(output.Table, output.JSON)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				if f.incident, _, err = a.splitIncident(args, 0); err != nil {
					return err
				}
			}
			if f.fromStart && f.incident == "" {
				return fault.FieldUsagef("from-start", "--from-start needs an incident")
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			seen := 0
			err = a.follow(cmd.Context(), s, f, func(r *timelinev1.WatchResponse) error {
				err := p.PrintLine(output.Document{
					Value: view.Step{
						Entry: view.OfEntry(r.GetEntry()), Incident: view.OfIncident(r.GetIncident()), Position: r.GetPosition(),
					},
					Blocks: a.entryBlocks(r.GetEntry(), f.incident == ""),
				})
				if seen++; err == nil && count > 0 && seen >= count {
					return errEnough
				}
				return err
			})
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		},
	}
	c.Flags().BoolVar(&f.fromStart, "from-start", false, "begin with everything there is; with an incident only")
	c.Flags().StringVar(&f.position, "position", "", "begin after this position, from any earlier answer")
	c.Flags().IntVar(&count, "count", 0, "stop after this many entries; 0 goes on")
	return c
}

func (a *app) replayCommand() *cobra.Command {
	var speed float64
	var longest time.Duration
	c := &cobra.Command{
		Use: "replay [INC]", Short: "Play an incident again, faster than it was", Args: atMost(1),
		Long:              "Play an incident again in the order in which it happened. Elsewhere than on a terminal nothing waits.",
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer(output.Table, output.JSON)
			if err != nil {
				return err
			}
			if speed <= 0 {
				return fault.FieldUsagef("speed", "--speed must be above 0, for example 60")
			}
			incident, _, err := a.splitIncident(args, 0)
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			var last time.Time
			request := &timelinev1.ListEntriesRequest{Incident: incident, Order: timelinev1.EntryOrder_ENTRY_ORDER_OCCURRED}
			_, err = a.eachEntry(cmd.Context(), s, request, func(e *timelinev1.Entry) bool {
				at := e.GetOccurredTime().AsTime()
				if a.OutTerminal && !last.IsZero() && at.After(last) {
					pause := min(longest, time.Duration(float64(at.Sub(last))/speed))
					if !rest(cmd.Context(), pause) {
						return false
					}
				}
				last = at
				return p.PrintLine(output.Document{Value: view.OfEntry(e), Blocks: a.entryBlocks(e, false)}) == nil
			})
			return err
		},
	}
	c.Flags().Float64Var(&speed, "speed", 60, "how many times faster: at 60 a minute takes a second")
	c.Flags().DurationVar(&longest, "longest", 3*time.Second, "the longest pause")
	return c
}
