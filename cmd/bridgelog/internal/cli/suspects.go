package cli

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) suspectsCommand() *cobra.Command {
	var window string
	var t travel
	c := &cobra.Command{
		Use: "suspects [INC]", Short: "What was changed before an incident, the likeliest cause first",
		Long: `What was changed before an incident, the likeliest cause first: changes to the services
that it names and to those that they depend on, and open incidents of the latter, each
with the reasons; and what checks of the services showed, with when it may have begun and
whether it may be getting worse. It looks back from when customers began to suffer, where that is known,
else from the declaration. All of it is proposed by the system; nothing is written.

--known-at T proposes from what had been written down by T, of the incident, of changes,
checks and other incidents, with the services as the catalog had them then.`,
		Args: atMost(1), ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := &timelinev1.ListSuspectsRequest{}
			length, ok := timeparse.Length(window)
			if !ok || length <= 0 || length > 30*24*time.Hour {
				return fault.FieldUsagef("window", "--window %s: write a length up to 30d, such as 4h", window)
			}
			r.Window = durationpb.New(length)
			moment, err := t.read(a)
			if err != nil {
				return err
			}
			return a.suspects(cmd, args, r, moment)
		},
	}
	t.bind(c.Flags())
	c.Flags().StringVar(&window, "window", "24h", "how long before the incident's start changes count, up to 30d")
	return c
}

func (a *app) suspects(cmd *cobra.Command, args []string, r *timelinev1.ListSuspectsRequest, moment instant) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	if r.Incident, _, err = a.splitIncident(args, 0); err != nil {
		return err
	}
	s, err := a.open(cmd.Context())
	if err != nil {
		return err
	}
	defer s.close()
	ctx, cancel := a.deadline(cmd.Context())
	defer cancel()
	if r.At, err = moment.in(ctx, a, s, r.GetIncident()); err != nil {
		return err
	}
	answer, err := s.Suspects.ListSuspects(ctx, r)
	if err != nil {
		return err
	}
	v := view.OfSuspects(r.GetIncident(), answer)
	blocks := slices.Concat(a.banner(r.GetAt()), a.suspectBlocks(v), a.proposalBlocks(v))
	if len(v.Checks) > 0 {
		blocks = append(append(blocks, output.Heading("Checks")), a.measurementBlocks(v.Checks, "")...)
	}
	return p.Print(output.Document{Value: v, Blocks: blocks})
}

func (a *app) suspectBlocks(v view.Suspects) []output.Block {
	clock := a.clock()
	of := "every service, as the incident names none"
	if len(v.Services) > 0 {
		of = strings.Join(append(v.Services, v.Dependencies...), ", ")
	}
	blocks := []output.Block{output.Line{output.T(output.Dim, "proposed by the "+v.ProposedBy+" from what was changed between "+
		clock.Time(v.SinceTime.Time)+" and the "+v.StartFrom+" at "+clock.Time(v.StartTime.Time)+", of "+of)}}
	rows := output.Rows{
		Columns: []string{"weight", "suspect", "when", "what", "why"}, Shrink: 4,
		Empty: "Nothing is suspected: no change to these services is known from that time.",
	}
	for _, s := range v.Suspects {
		rows.Rows = append(rows.Rows, append([]output.Cell{output.P(strconv.Itoa(int(s.Weight)))}, a.suspectCells(s)...))
	}
	blocks = append(blocks, rows)
	if v.Truncated {
		blocks = append(blocks, output.Line{output.T(output.Warn, "!"), output.P("there is more than was looked at: a shorter --window helps")})
	}
	return blocks
}

func (a *app) suspectCells(s view.Suspect) []output.Cell {
	why := output.P(strings.Join(s.Reasons, "; "))
	if i := s.Incident; i != nil {
		return []output.Cell{output.T(output.Strong, i.Name), output.T(output.Dim, a.clock().When(i.DeclaredTime.Time)), output.P(i.Title), why}
	}
	return []output.Cell{
		output.T(output.Strong, shortAlert(s.Change.ID)), output.T(output.Dim, a.clock().When(s.Change.StartedTime.Time)), changeTitle(*s.Change), why,
	}
}
