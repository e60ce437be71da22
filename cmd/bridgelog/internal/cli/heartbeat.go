package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// heartbeatCommand is about signs of life, whose absence is an alert.
func (a *app) heartbeatCommand() *cobra.Command {
	var at string
	c := group("heartbeat", "Send a sign of life, and see which are missing", a.heartbeatListCommand(&at), a.heartbeatPingCommand(&at))
	c.PersistentFlags().StringVar(&at, "intake", "", "where the doors are, for example http://127.0.0.1:7423 (BRIDGELOG_INTAKE)")
	return c
}

func (a *app) heartbeatListCommand(at *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the heartbeats, when each pinged last and until when it has to", Args: noArgs,
		Long: `List the heartbeats of the catalog, when each pinged last and until when it has to ping
again. One that waits for its first ping is not expected yet.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			doors, err := a.doors(*at)
			if err != nil {
				return err
			}
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			list, err := doors.Heartbeats(ctx)
			if err != nil {
				return refusedByDoors(err)
			}
			return p.Print(output.Document{Value: map[string]any{"heartbeats": list}, Blocks: a.heartbeatRows(list)})
		},
	}
}

func (a *app) heartbeatRows(list []client.Heartbeat) []output.Block {
	rows := output.Rows{
		Columns: []string{"heartbeat", "state", "last ping", "due", "interval", "grace", "service"},
		Empty:   "No heartbeats: apply a resource of the kind Heartbeat.",
	}
	clock := a.clock()
	when := func(t *time.Time) output.Cell {
		if t == nil {
			return output.P("")
		}
		return output.T(output.Dim, clock.When(*t))
	}
	for _, h := range list {
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, h.Name), heartbeatState(h.State), when(h.LastPingTime), when(h.DueTime),
			output.P(h.Interval), output.P(h.Grace), output.P(h.Service),
		})
	}
	return []output.Block{rows}
}

// heartbeatState is the state of a heartbeat, with a tone.
func heartbeatState(state string) output.Cell {
	words := map[string]string{"waiting": "waiting for its first ping"}
	tones := map[string]output.Tone{"up": output.Good, "late": output.Warn, "missing": output.Bad}
	tone, ok := tones[state]
	if !ok {
		tone = output.Dim
	}
	return output.T(tone, cmp.Or(words[state], state))
}

func (a *app) heartbeatPingCommand(at *string) *cobra.Command {
	return refusing(&cobra.Command{
		Use: "ping NAME", Short: "Say that something lives; it has to say so again in time", Args: exactly(1),
		Long: `Send a ping of a heartbeat. It needs a token with the role responder. When it succeeds
the ping is durable; from the first one on, the next has to come within the interval and
the grace of the heartbeat. It goes to the system's gRPC address, or with --intake to the
doors.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			if args[0] == "" {
				return fault.Usagef("which heartbeat? give its name")
			}
			if err := a.ping(cmd.Context(), cmp.Or(*at, a.Getenv("BRIDGELOG_INTAKE")), args[0]); err != nil {
				return err
			}
			return p.Print(output.Document{
				Value:  map[string]any{"heartbeat": args[0], "pinged": true},
				Blocks: []output.Block{output.Line{output.P("heartbeat " + args[0] + " pinged")}},
			})
		},
	}, map[string]string{
		"as": "a ping is of whoever has the token", "occurred-at": "a ping says that something lives now",
		"request-id": "a ping may be repeated, and the latest counts",
	})
}

// ping sends a ping over gRPC, or to the doors where they are named.
func (a *app) ping(ctx context.Context, doorsAt, name string) error {
	if doorsAt != "" {
		doors, err := a.doors(doorsAt)
		if err != nil {
			return err
		}
		ctx, cancel := a.deadline(ctx)
		defer cancel()
		if err := doors.Ping(ctx, name); err != nil {
			return refusedByDoors(err)
		}
		return nil
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	_, err = s.Signals.RecordHeartbeat(ctx, &signalv1.RecordHeartbeatRequest{Heartbeat: name})
	return err
}
