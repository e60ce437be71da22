package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// intakeMost is how many signals the service lists at most.
const intakeMost = 1000

// intakeCommand is about what came to the doors and became no alert.
func (a *app) intakeCommand() *cobra.Command {
	var at string
	c := group("intake", "See what senders sent that could not be understood, and replay it",
		a.intakeListCommand(&at), a.intakeShowCommand(&at), a.intakeReplayCommand(&at), a.intakeTryCommand())
	c.PersistentFlags().StringVar(&at, "intake", "", "where the doors are, for example http://127.0.0.1:7423 (BRIDGELOG_INTAKE)")
	return c
}

// doors connects to the doors, for admins.
func (a *app) doors(at string) (*client.Intake, error) {
	target, _, err := a.target()
	if err != nil {
		return nil, err
	}
	if at == "" {
		at = a.Getenv("BRIDGELOG_INTAKE")
	}
	doors, err := client.NewIntake(target, at)
	if err != nil {
		return nil, fault.FieldUsagef("intake", "%w", err)
	}
	return doors, nil
}

// refusedByDoors turns what the doors answer into what people and scripts read.
func refusedByDoors(err error) error {
	var refused *client.IntakeError
	switch {
	case errors.Is(err, client.ErrUnreachable):
		return fault.Unreachablef("the doors do not answer: is the service intake running, and is --intake right?")
	case !errors.As(err, &refused):
		return err
	}
	switch refused.Status {
	case http.StatusNotFound:
		return fault.NotFoundf("%s", refused.Message)
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.NotAllowedf("%s", refused.Message)
	case http.StatusServiceUnavailable:
		return fault.Unreachablef("%s", refused.Message)
	}
	return fault.Refusedf("%s", refused.Message)
}

func (a *app) intakeListCommand(at *string) *cobra.Command {
	var since string
	var limit int
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the requests that could not be understood, the newest first", Args: noArgs,
		Long: `List the requests of known senders that could not be understood, the newest first.
They are kept as they came. For admins.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			if limit < 1 || limit > intakeMost {
				return fault.FieldUsagef("limit", "--limit must be from 1 to %d", intakeMost)
			}
			from, _, err := (&bounds{since: since}).read(a)
			if err != nil {
				return err
			}
			var after time.Time
			if from != nil {
				after = from.AsTime()
			}
			doors, err := a.doors(*at)
			if err != nil {
				return err
			}
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			list, err := doors.Unread(ctx, after, limit)
			if err != nil {
				return refusedByDoors(err)
			}
			if list == nil {
				list = []client.Unread{}
			}
			return p.Print(output.Document{Value: map[string]any{"signals": list}, Blocks: a.unreadRows(list)})
		},
	}
	c.Flags().StringVar(&since, "since", "", "at or after this time: 1h (ago), 14:05, RFC 3339; 7 days without it")
	c.Flags().IntVar(&limit, "limit", 50, "how many at most")
	return c
}

func (a *app) unreadRows(list []client.Unread) []output.Block {
	rows := output.Rows{
		Columns: []string{"signal", "door", "came", "bytes", "why"}, Shrink: 5,
		Empty: "Everything that came could be understood.",
	}
	clock := a.clock()
	for _, s := range list {
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, s.ID), output.P(s.Source), output.T(output.Dim, clock.When(s.ReceivedTime)), output.P(strconv.Itoa(s.Bytes)), output.P(s.Reason),
		})
	}
	return []output.Block{rows}
}

func (a *app) intakeShowCommand(at *string) *cobra.Command {
	return &cobra.Command{
		Use: "show SIGNAL", Aliases: []string{"view"}, Short: "Write a raw request as it came", Args: exactly(1),
		Long: `Write the body of a raw request as it came, whether it could be understood or not.
It may tell of private incidents, so it is for admins.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			doors, err := a.doors(*at)
			if err != nil {
				return err
			}
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			raw, err := doors.Raw(ctx, args[0])
			if err != nil {
				return refusedByDoors(err)
			}
			if _, err := a.Out.Write(raw); err != nil {
				return fmt.Errorf("write the signal: %w", err)
			}
			return nil
		},
	}
}

func (a *app) intakeReplayCommand(at *string) *cobra.Command {
	return &cobra.Command{
		Use: "replay SIGNAL…", Short: "Read raw requests anew, after what was wrong is mended", Args: someArgs,
		Long: `Read raw requests anew and hand them over as if they had just come, with their own
ids and times: what they said before is not said twice. Replay them in the order in
which they came, the oldest first. For admins.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			doors, err := a.doors(*at)
			if err != nil {
				return err
			}
			done, err := a.replayAll(cmd.Context(), doors, args)
			if len(done) > 0 {
				rows := output.Rows{Columns: []string{"signal", "door", "alerts"}}
				for _, r := range done {
					rows.Rows = append(rows.Rows, []output.Cell{output.T(output.Strong, r.ID), output.P(r.Source), output.P(strconv.Itoa(r.Alerts))})
				}
				if err := p.Print(output.Document{Value: map[string]any{"replayed": done}, Blocks: []output.Block{rows}}); err != nil {
					return err
				}
			}
			return err
		},
	}
}

// replayAll stops at the first that cannot be replayed.
func (a *app) replayAll(ctx context.Context, doors *client.Intake, ids []string) (done []client.Replayed, err error) {
	for _, id := range ids {
		limited, cancel := a.deadline(ctx)
		r, err := doors.Replay(limited, id)
		cancel()
		if err != nil {
			return done, refusedByDoors(fmt.Errorf("%s: %w", id, err))
		}
		done = append(done, r)
	}
	return done, nil
}
