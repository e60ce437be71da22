package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// checksWait is how long a run of checks is waited for: longer than it may take.
const checksWait = 90 * time.Second

func (a *app) checksCommand() *cobra.Command {
	c := group("checks", "What the metrics of an incident's services show",
		a.checksRunCommand(), a.checksListCommand(), a.checksChartCommand())
	c.Aliases = []string{"check"}
	return c
}

func (a *app) checksRunCommand() *cobra.Command {
	var services []string
	var requestID string
	c := &cobra.Command{
		Use: "run [INC]", Short: "Measure the services of an incident now, and write down what that shows",
		Long: `Measure the services of an incident now, by those metrics in the catalog that have a
kind, and write down what that shows: the value, the same time yesterday and last week,
and a verdict. It is proposed by the system; a person judges. When an incident is
declared this happens by itself.`,
		Args: atMost(1), ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runChecks(cmd.Context(), args, services, requestID)
		},
	}
	c.Flags().StringSliceVar(&services, "service", nil, "measure these services instead of those that the incident names")
	c.Flags().StringVar(&requestID, "request-id", "", "names the run: repeating it records nothing twice; at most 64 letters, digits, - and _")
	_ = c.RegisterFlagCompletionFunc("service", a.completeResources("service"))
	return refusing(c, map[string]string{
		"as": "checks are asked for by whoever has the token, and the entry says by whom", "occurred-at": "checks measure what is so now",
	})
}

func (a *app) runChecks(ctx context.Context, args, services []string, requestID string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	r := &notifyv1.RunChecksRequest{Services: services, Run: cmp.Or(requestID, a.NewID())}
	if r.Incident, _, err = a.splitIncident(args, 0); err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	limited, cancel := context.WithTimeout(ctx, checksWait)
	defer cancel()
	answer, err := s.Notify.RunChecks(limited, r)
	if err != nil {
		return err
	}
	v := view.OfRun(answer)
	blocks := a.measurementBlocks(v.Checks, "No metric of these services is measured: give one a kind, a query and an integration of type prometheus.")
	if v.LeftOut > 0 {
		blocks = append(blocks, output.Line{output.T(output.Warn, "!"), output.P("not measured: " + strconv.Itoa(int(v.LeftOut)) + " more")})
	}
	return p.Print(output.Document{Value: v, Blocks: blocks})
}

func (a *app) checksListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list [INC]", Aliases: []string{"ls"}, Short: "List what the checks of an incident showed, the last one of each metric",
		Args: atMost(1), ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
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
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			answer, err := s.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: incident})
			if err != nil {
				return err
			}
			v := view.OfMeasurements(answer.GetIncident())
			return p.Print(output.Document{Value: v, Blocks: a.measurementBlocks(v.Checks, "Nothing was measured.")})
		},
	}
}

func (a *app) checksChartCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "chart [INC] ENTRY", Short: "Draw what a check measured, as SVG",
		Long: `Draw what a check measured, as SVG: the values of the time before, and those of the
same time yesterday and last week. ENTRY is the number that ` + "`checks list`" + ` shows.`,
		Args: atMost(2), ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.chart(cmd.Context(), incidentFirst(args), file)
		},
	}
	c.Flags().StringVar(&file, "file", "", "write it to this file instead of standard output")
	return c
}

func (a *app) chart(ctx context.Context, args []string, file string) error {
	incident, rest, err := a.splitIncident(args, 1)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return fault.FieldUsagef("entry", "which check? Give the number of its entry: bridgelog checks list shows it")
	}
	entry, err := strconv.ParseUint(strings.TrimPrefix(rest[0], "#"), 10, 64)
	if err != nil || entry == 0 {
		return fault.FieldUsagef("entry", "%q is no entry: give a number such as 3, which bridgelog checks list shows", rest[0])
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	limited, cancel := a.deadline(ctx)
	defer cancel()
	answer, err := s.Suspects.GetCheckChart(limited, &timelinev1.GetCheckChartRequest{Incident: incident, Entry: entry})
	if err != nil {
		return err
	}
	if file != "" {
		if err := os.WriteFile(file, []byte(answer.GetSvg()), 0o600); err != nil {
			return fault.FieldUsagef("file", "%w", err)
		}
		return nil
	}
	_, err = io.WriteString(a.Out, answer.GetSvg())
	return err
}

// measurementBlocks show checks, or say why there are none.
func (a *app) measurementBlocks(checks []view.Measurement, empty string) []output.Block {
	rows := output.Rows{Columns: []string{"entry", "verdict", "service", "metric", "why"}, Shrink: 4, Empty: empty}
	for _, m := range checks {
		entry := "" // it was recorded before
		if m.Entry > 0 {
			entry = "#" + strconv.FormatUint(m.Entry, 10)
		}
		title := m.Title
		if title == "" {
			title = "(redacted)"
		}
		why := output.P(m.Reason)
		if m.Problem != "" {
			why = output.T(output.Bad, "not recorded: "+m.Problem)
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Dim, entry), measurementCell(m), output.T(output.Strong, m.Service), output.P(title), why,
		})
	}
	if len(checks) == 0 {
		return []output.Block{rows}
	}
	return []output.Block{output.Line{output.T(output.Dim, "proposed by the system from what was measured; a person judges")}, rows}
}

func measurementCell(m view.Measurement) output.Cell {
	words := m.Verdict
	if m.Trend != "" {
		words += ", " + m.Trend
	}
	switch m.Verdict {
	case "unusual":
		return output.T(output.Bad, words)
	case "unknown":
		return output.T(output.Warn, words)
	}
	return output.T(output.Good, words)
}
