package cli

import (
	"cmp"
	"context"
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
			p, err := a.printer()
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
			seen, show := 0, a.stepper(p, f.incident == "")
			err = a.follow(cmd.Context(), s, f, func(r *timelinev1.WatchResponse) error {
				err := show(r)
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

// replaying are the flags of `replay`.
type replaying struct {
	speed   float64
	longest time.Duration
}

func (a *app) replayCommand() *cobra.Command {
	var f replaying
	c := &cobra.Command{
		Use: "replay [INC]", Short: "Play an incident again, faster than it was", Args: atMost(1),
		Long:              "Play an incident again in the order in which it happened. Elsewhere than on a terminal nothing waits.",
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.replay(cmd.Context(), f, args)
		},
	}
	c.Flags().Float64Var(&f.speed, "speed", 60, "how many times faster: at 60 a minute takes a second")
	c.Flags().DurationVar(&f.longest, "longest", 3*time.Second, "the longest pause")
	return c
}

func (a *app) replay(ctx context.Context, f replaying, args []string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	if f.speed <= 0 {
		return fault.FieldUsagef("speed", "--speed must be above 0, for example 60")
	}
	incident, _, err := a.splitIncident(args, 0)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	limited, cancel := a.deadline(ctx)
	defer cancel()
	found, err := s.Timeline.GetIncident(limited, &timelinev1.GetIncidentRequest{Incident: incident})
	if err != nil {
		return err
	}
	imported, err := a.importedAt(limited, s, found.GetIncident(), nil)
	if err != nil {
		return err
	}
	var last time.Time
	var printing error
	request := &timelinev1.ListEntriesRequest{Incident: incident, Order: timelinev1.EntryOrder_ENTRY_ORDER_OCCURRED}
	_, err = a.eachEntry(ctx, s, request, func(e *timelinev1.Entry) bool {
		at := e.GetOccurredTime().AsTime()
		if a.OutTerminal && !last.IsZero() && at.After(last) {
			if !rest(ctx, min(f.longest, time.Duration(float64(at.Sub(last))/f.speed))) {
				return false
			}
		}
		last = at
		printing = p.PrintLine(output.Document{Value: view.OfEntry(e), Blocks: a.entryBlocks(e, look{imported: imported})})
		return printing == nil
	})
	return cmp.Or(err, printing)
}
