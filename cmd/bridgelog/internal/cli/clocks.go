package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// clockFlags are what `clocks` asks for.
type clockFlags struct {
	travel          travel
	overdue, drills bool
}

func (a *app) clocksCommand() *cobra.Command {
	var f clockFlags
	c := &cobra.Command{
		Use: "clocks [INC]", Short: "Show by when something has to happen, and what is overdue",
		Long: `Show by when something has to happen, and what is overdue: acknowledge, updates for
the team and for customers, roles, debrief, post-mortem, reports that laws ask for.

With an incident all its clocks are shown, now or in the past. Without one every
incident is looked at, and what is overdue and what comes next is shown: closed ones
too, since reports by law, follow-ups, the debrief and the post-mortem outlive them.
An incident that ` + "`bridgelog use`" + ` chose does not count here.`,
		Example: `  bridgelog clocks INC-1
  bridgelog clocks INC-1 --known-at "10m ago"
  bridgelog clocks --overdue`,
		Args: atMost(1), ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.pressingClocks(cmd.Context(), f)
			}
			return a.incidentClocks(cmd.Context(), f, args)
		},
	}
	f.travel.bind(c.Flags())
	c.Flags().BoolVar(&f.overdue, "overdue", false, "only what is overdue")
	c.Flags().BoolVar(&f.drills, "drills", false, "practice too, where no incident is named")
	return c
}

// incidentClocks shows the clocks of one incident.
func (a *app) incidentClocks(ctx context.Context, f clockFlags, args []string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	incident, _, err := a.splitIncident(args, 0)
	if err != nil {
		return err
	}
	moment, err := f.travel.read(a)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	at, err := moment.in(ctx, a, s, incident)
	if err != nil {
		return err
	}
	r, err := s.Timeline.GetClocks(ctx, &timelinev1.GetClocksRequest{Incident: incident, At: at})
	if err != nil {
		return err
	}
	v := view.OfClocks(r)
	empty := "No clocks run."
	if f.overdue {
		v.Clocks, empty = v.Incident.OverdueClocks, "Nothing is overdue."
	}
	head := output.Line{
		output.T(output.Strong, v.Incident.Name), severityCell(v.Incident.Severity), statusCell(v.Incident.Status),
		output.T(output.Strong, v.Incident.Title),
	}
	blocks := append(a.banner(at), append(head, a.marks(s, &v.Incident)...))
	return p.Print(output.Document{Value: v, Blocks: append(blocks, a.clockBlocks(v.Clocks, empty)...)})
}

// clockBlocks shows clocks in a table.
func (a *app) clockBlocks(clocks []view.Clock, empty string) []output.Block {
	rows := output.Rows{Columns: []string{"clock", "state", "due", "why"}, Shrink: 4, Empty: empty}
	notice := ""
	for _, c := range clocks {
		why := c.Reason
		if c.Notice != "" {
			notice = c.Notice
		}
		if c.Source != "" {
			why += " (" + c.Source + ")"
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.P(clockTitle(c)), stateCell(c.State), output.P(a.clock().Short(c.DueTime.Time)), output.P(why),
		})
	}
	blocks := []output.Block{rows}
	if notice != "" {
		blocks = append(blocks, output.Line{output.T(output.Warn, "Reports by law: "+notice+".")})
	}
	return blocks
}

// clockTitle says in words what has to happen.
func clockTitle(c view.Clock) string {
	switch {
	case c.Report != "":
		law, _, _ := strings.Cut(c.Subject, "/")
		return law + ": " + c.Report
	case c.Subject != "":
		return c.Name + " (" + strings.ReplaceAll(c.Subject, "_", " ") + ")"
	}
	return c.Name
}

// stateCell shows the state of a clock.
func stateCell(state string) output.Cell {
	switch state {
	case "overdue":
		return output.T(output.Bad, "OVERDUE")
	case "warning":
		return output.T(output.Warn, state)
	case "met":
		return output.T(output.Good, state)
	case "stopped":
		return output.T(output.Dim, state)
	}
	return output.P(state)
}

// pressingClocks shows what wants attention in all incidents.
func (a *app) pressingClocks(ctx context.Context, f clockFlags) error {
	if f.travel.known != "" || f.travel.happened != "" {
		return fault.FieldUsagef("incident", "name the incident whose past you ask about: bridgelog clocks INC-1 --known-at …")
	}
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	request := &timelinev1.ListClocksRequest{Overdue: f.overdue, IncludeDrills: f.drills}
	var found view.Pressing
	found.Incidents, _, err = collect(ctx, a, true, 0, "", func(ctx context.Context, size int32, token string) ([]view.IncidentClocks, string, error) {
		request.PageSize, request.PageToken = size, token
		r, err := s.Timeline.ListClocks(ctx, request)
		found.AskedTime, found.Position = view.Time{Time: r.GetAskedTime().AsTime()}, r.GetPosition()
		return each(r.GetIncidents(), view.OfIncidentClocks), r.GetNextPageToken(), err
	})
	if err != nil {
		return err
	}
	return p.Print(output.Document{Value: found, Blocks: a.pressingBlocks(s, found)})
}

func (a *app) pressingBlocks(s *session, found view.Pressing) []output.Block {
	rows := output.Rows{
		Columns: []string{"incident", "severity", "state", "clock", "due", "title"}, Shrink: 6, Drop: []int{6, 2},
		Empty: "Nothing is overdue, and nothing is due next.",
	}
	for _, in := range found.Incidents {
		title := in.Title
		if in.Drill {
			title = "[DRILL] " + title
		}
		if in.Private {
			title = "[private] " + title
		}
		for _, c := range in.Clocks {
			rows.Rows = append(rows.Rows, []output.Cell{
				output.T(output.Strong, in.Incident), severityCell(in.Severity), stateCell(c.State), output.P(clockTitle(c)),
				output.P(a.clock().Short(c.DueTime.Time)), output.P(title),
			})
		}
	}
	return append([]output.Block{rows}, markBlocks(a.marks(s, nil))...)
}

// overdueLine says which clocks of an incident are overdue; nothing when none is.
func overdueLine(in view.Incident) []output.Block {
	if len(in.OverdueClocks) == 0 {
		return nil
	}
	words := make([]string, 0, len(in.OverdueClocks))
	for _, c := range in.OverdueClocks {
		words = append(words, clockTitle(c))
	}
	return []output.Block{output.Line{output.T(output.Bad, "OVERDUE"), output.P(strings.Join(words, ", "))}}
}
