package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) hypothesisListCommand() *cobra.Command {
	return a.incidentReadCommand("list [INC]", "List what was supposed to be the cause, eliminated ones too", func(in view.Incident) output.Document {
		return output.Document{
			Value:  view.Hypotheses{Incident: in.Name, Hypotheses: in.Hypotheses},
			Blocks: a.hypothesisBlocks(in.Hypotheses, "nothing was supposed yet: bridgelog hypothesis add "+in.Name+" \"…\""),
		}
	})
}

// incidentReadCommand makes a command that shows one side of an incident, now or
// in the past.
func (a *app) incidentReadCommand(use, short string, show func(view.Incident) output.Document) *cobra.Command {
	var t travel
	c := &cobra.Command{
		Use: use, Short: short, Args: atMost(1), ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			in, at, err := a.readIncident(cmd.Context(), t, args)
			if err != nil {
				return err
			}
			document := show(in)
			document.Blocks = append(a.banner(at), document.Blocks...)
			return p.Print(document)
		},
	}
	t.bind(c.Flags())
	return c
}

// readIncident reads the incident that the words name, at the moment that flags ask for.
func (a *app) readIncident(ctx context.Context, t travel, args []string) (view.Incident, *timelinev1.TimeTravel, error) {
	incident, _, err := a.splitIncident(args, 0)
	if err != nil {
		return view.Incident{}, nil, err
	}
	moment, err := t.read(a)
	if err != nil {
		return view.Incident{}, nil, err
	}
	s, err := a.open(ctx)
	if err != nil {
		return view.Incident{}, nil, err
	}
	defer s.close()
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	at, err := moment.in(ctx, a, s, incident)
	if err != nil {
		return view.Incident{}, nil, err
	}
	r, err := s.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: incident, At: at})
	return view.OfIncident(r.GetIncident()), at, err
}

// hypothesisBlocks shows hypotheses as a table; empty is said when there are none.
func (a *app) hypothesisBlocks(all []view.Hypothesis, empty string) []output.Block {
	rows := output.Rows{Columns: []string{"", "state", "hypothesis", "tests", "why", "by"}, Empty: empty, Shrink: 5, Drop: []int{6, 4}}
	for _, h := range all {
		why := h.Reason
		if why == "" {
			why = h.Because
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, h.Name), verdictCell(h.State), textCell(h.Text), output.P(strconv.Itoa(len(h.Tests))),
			output.P(output.OneLine(why)), output.P(h.AddedByName),
		})
	}
	return []output.Block{rows}
}

// textCell shows what somebody wrote, or that it was redacted.
func textCell(text string) output.Cell {
	if text == "" {
		return output.T(output.Warn, "[redacted]")
	}
	return output.P(text)
}

func verdictCell(state string) output.Cell {
	switch state {
	case "confirmed":
		return output.T(output.Good, state)
	case "eliminated":
		return output.T(output.Dim, state)
	}
	return output.T(output.Warn, state)
}
