package cli

import (
	"cmp"
	"context"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) useCommand() *cobra.Command {
	var none bool
	c := &cobra.Command{
		Use: "use [INC]", Short: "Choose the incident that the next commands are about", Args: atMost(1),
		Long: `Choose the incident that the next commands are about, so that it may be left out.
Without an incident, say which one is chosen; --none chooses none.
BRIDGELOG_INCIDENT does the same for one shell.`,
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.use(cmd.Context(), args, none)
		},
	}
	c.Flags().BoolVar(&none, "none", false, "choose none")
	return c
}

func (a *app) use(ctx context.Context, args []string, none bool) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	target, dirs, err := a.target()
	if err != nil {
		return err
	}
	if len(args) == 0 && !none {
		incident, err := a.defaultIncident()
		if err != nil {
			return err
		}
		return printChosen(p, target, incident, output.Line{output.P(cmp.Or(incident, "none"))})
	}
	incident := ""
	if !none {
		if !incidentName(args[0]) {
			return fault.FieldUsagef("incident", "%q names no incident: use INC-41, 41 or the full id", args[0])
		}
		incident = canonical(args[0])
		if err := a.exists(ctx, target, incident); err != nil {
			return err
		}
	}
	if err := choose(dirs, target, incident); err != nil {
		return err
	}
	said := output.Line{
		output.P("the next commands are about"), output.T(output.Strong, incident), output.T(output.Dim, "on "+target.Name),
	}
	if none {
		said = output.Line{output.P("no incident is chosen on"), output.P(target.Name)}
	}
	return printChosen(p, target, incident, said)
}

// printChosen tells which incident is chosen on a system; null when none is.
func printChosen(p output.Printer, target client.Target, incident string, said output.Line) error {
	value := map[string]any{"incident": nil, "system": target.Name}
	if incident != "" {
		value["incident"] = incident
	}
	return p.Print(output.Document{Value: value, Blocks: []output.Block{said}})
}

// exists refuses an incident of which the system says that it has none such.
// Any other answer, or none, refuses nothing.
func (a *app) exists(ctx context.Context, target client.Target, incident string) error {
	conn, err := a.connect(ctx, target, 0)
	if err != nil {
		return nil //nolint:nilerr // the choice is for later, when it may answer
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	_, err = conn.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: incident})
	if f := fault.From(err); f != nil && f.Code == fault.NotFound {
		return f
	}
	return nil
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			platform := runtime.GOOS + "/" + runtime.GOARCH
			return p.Print(output.Document{
				Value:  map[string]string{"version": a.Version, "go": runtime.Version(), "platform": platform},
				Blocks: []output.Block{output.Line{output.P("bridgelog " + a.Version), output.T(output.Dim, runtime.Version()+" "+platform)}},
			})
		},
	}
}
