package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) showCommand() *cobra.Command {
	var t travel
	c := &cobra.Command{
		Use: "show [INC]", Aliases: []string{"view", "describe"}, Short: "Show one incident, now or in the past",
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
			moment, err := t.read(a)
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			in, at, err := a.look(cmd.Context(), s, incident, moment)
			if err != nil {
				return err
			}
			in.Runbooks = a.runbooksOf(cmd.Context(), s, in.Alerts)
			return p.Print(output.Document{Value: in, Blocks: append(a.banner(at), a.showBlocks(s, in)...)})
		},
	}
	t.bind(c.Flags())
	return c
}

// look reads one incident, now or in the past.
func (a *app) look(ctx context.Context, s *session, incident string, m instant) (view.Incident, *timelinev1.TimeTravel, error) {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	at, err := m.in(ctx, a, s, incident)
	if err != nil {
		return view.Incident{}, nil, err
	}
	r, err := s.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: incident, At: at})
	return view.OfIncident(r.GetIncident()), at, err
}

func (a *app) showBlocks(s *session, in view.Incident) []output.Block {
	head := output.Line{output.T(output.Strong, in.Name), severityCell(in.Severity), statusCell(in.Status), output.T(output.Strong, in.Title)}
	blocks := []output.Block{append(head, a.marks(s, &in)...)}
	if in.Quarantined {
		blocks = append(blocks, output.Line{output.T(output.Bad, "an event of this incident cannot be read by this version: the view ends before it")})
	}
	blocks = append(append(blocks, overdueLine(in)...), a.showFields(in))
	if in.Summary != "" {
		blocks = append(blocks, output.Text(in.Summary))
	}
	if len(in.Impact) > 0 {
		rows := output.Rows{Columns: []string{"component", "state"}}
		for _, c := range in.Impact {
			rows.Rows = append(rows.Rows, []output.Cell{output.P(c.Component), componentCell(c.Status)})
		}
		blocks = append(blocks, output.Heading("Impact"), rows)
	}
	blocks = append(blocks, a.workBlocks(in)...)
	blocks = append(blocks, a.investigationBlocks(in)...)
	blocks = append(blocks, a.publicBlocks(in)...)
	if len(in.Alerts) > 0 {
		rows := output.Rows{Columns: []string{"alert", "from", "title", "link"}, Shrink: 3, Drop: []int{4, 2}}
		for _, alert := range in.Alerts {
			rows.Rows = append(rows.Rows, []output.Cell{
				output.P(alert.ID), output.P(alert.Source), output.P(alert.Title), output.T(output.Dim, alert.URL),
			})
		}
		blocks = append(blocks, output.Heading("Alerts"), rows)
	}
	return blocks
}

func (a *app) showFields(in view.Incident) output.Fields {
	clock := a.clock()
	by := in.DeclaredByName
	if by == "" {
		by = in.DeclaredBy
	}
	fields := output.Fields{
		{Name: "declared", Value: output.P(clock.Time(in.DeclaredTime.Time) + " by " + by)},
		{Name: "acknowledged", Value: output.P(clock.Time(in.AcknowledgedTime.Time))},
		{Name: "mitigated", Value: output.P(clock.Time(in.MitigatedTime.Time))},
		{Name: "resolved", Value: output.P(clock.Time(in.ResolvedTime.Time))},
		{Name: "closed", Value: output.P(clock.Time(in.ClosedTime.Time))},
		{Name: "stable", Value: output.P(clock.Time(in.StableTime.Time))},
		{Name: "debriefed", Value: output.P(clock.Time(in.DebriefedTime.Time))},
		{Name: "post-mortem", Value: output.P(postmortemWords(in.Postmortem))},
		{Name: "last entry", Value: output.P(clock.Time(in.UpdatedTime.Time))},
		{Name: "services", Value: output.P(strings.Join(in.Services, ", "))},
		{Name: "merged into", Value: output.P(in.MergedInto)},
	}
	fields = append(fields, runbookFields(in.Runbooks)...)
	fields = append(fields, a.investigationFields(in)...)
	for _, r := range roleNames() {
		value := output.P(holder(in, r))
		if l := in.Leader; r == incident.Commander.String() && l != nil && l.Declarer {
			value = output.T(output.Warn, l.Name+" declared it, leading until someone takes over")
		}
		if value.Text == "" && in.Kind == "incident" {
			value = output.T(output.Dim, "nobody")
		}
		fields = append(fields, output.Field{Name: strings.ReplaceAll(r, "_", " "), Value: value})
	}
	if from := source(in); from != "" {
		fields = append(fields, output.Field{Name: "imported", Value: output.P(from)})
	}
	return fields
}

// postmortemWords say where the post-mortem stands.
func postmortemWords(p *view.Postmortem) string {
	if p == nil {
		return ""
	}
	return strings.ReplaceAll(p.State, "_", " ") + ", " + p.OwnerName
}

// source is where an imported incident came from; "" for any other.
func source(in view.Incident) string {
	if in.External == nil {
		return ""
	}
	return strings.TrimSpace("from " + in.External.System + " " + in.External.ID + " " + in.External.URL)
}

func (a *app) publicBlocks(in view.Incident) []output.Block {
	if len(in.PublicUpdates) == 0 {
		return nil
	}
	blocks := []output.Block{output.Heading("Customers were told")}
	for _, u := range in.PublicUpdates {
		line := output.Line{output.T(output.Dim, u.ID), output.P(a.clock().Time(u.PublishedTime.Time)), statusCell(u.Status)}
		if u.Retracted {
			line = append(line, output.T(output.Warn, "[retracted]"))
		}
		if !u.NextUpdateTime.IsZero() {
			line = append(line, output.T(output.Dim, "next update "+a.clock().Time(u.NextUpdateTime.Time)))
		}
		if u.Message == "" {
			blocks = append(blocks, append(line, output.T(output.Warn, "[redacted]")))
			continue
		}
		blocks = append(blocks, line, output.Text(u.Message))
	}
	return blocks
}
