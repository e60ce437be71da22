package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// aftermathCommands are about the work on an incident and what comes after it.
func (a *app) aftermathCommands() []*cobra.Command {
	return []*cobra.Command{
		a.taskCommand(), a.checklistCommand(), a.stableCommand(), a.debriefCommand(), a.followUpCommand(), a.privateCommand(), a.memberCommand(),
	}
}

// parseItem reads the number of a task or follow-up: T1, t1 or 1.
func parseItem(letter, field, word string) (uint64, error) {
	digits := strings.TrimPrefix(strings.ToUpper(word), letter)
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n == 0 {
		return 0, fault.FieldUsagef(field, "%q is no %s: use the name that `list` shows, such as %s1", word, field, letter)
	}
	return n, nil
}

// parseDue reads --due; "" is no time.
func (a *app) parseDue(text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	at, err := timeparse.Ahead(text, a.Now(), a.Zone)
	if err != nil {
		return nil, fault.FieldUsagef("due", "--due: %w", err)
	}
	return timestamppb.New(at), nil
}

// itemFlags are what is said of a task or follow-up.
type itemFlags struct {
	owner, due, kind, priority, tracker string

	dueTime      *timestamppb.Timestamp
	followUpType incident.FollowUpType
	urgency      incident.Priority
}

func (f *itemFlags) bindTask(flags *pflag.FlagSet) {
	flags.StringVar(&f.owner, "owner", "", "the person who does it")
	flags.StringVar(&f.due, "due", "", "by when: 30m, 15:30, 2026-03-15")
}

func (f *itemFlags) bindFollowUp(flags *pflag.FlagSet) {
	f.bindTask(flags)
	flags.StringVar(&f.kind, "type", "", "what it is good for: prevent, mitigate, detect or process")
	flags.StringVar(&f.priority, "priority", "", "how soon: high, medium or low")
	flags.StringVar(&f.tracker, "tracker", "", "link to it in your tracker")
}

// read makes sense of the flags.
func (f *itemFlags) read(a *app) (err error) {
	if f.dueTime, err = a.parseDue(f.due); err != nil {
		return err
	}
	if f.kind != "" {
		if f.followUpType, err = incident.ParseFollowUpType(f.kind); err != nil {
			return err
		}
	}
	if f.priority != "" {
		f.urgency, err = incident.ParsePriority(f.priority)
	}
	return err
}

// ending is how `done` and `drop` differ.
type ending struct {
	verb, word string
	outcome    incidentv1.Outcome
}

func endings() []ending {
	return []ending{
		{"done", "done", incidentv1.Outcome_OUTCOME_DONE},
		{"drop", "dropped", incidentv1.Outcome_OUTCOME_DROPPED},
	}
}

// workList lists something of an incident, now or in the past.
func (a *app) workList(c *cobra.Command, show func(in view.Incident) output.Document) *cobra.Command {
	var t travel
	c.Aliases, c.Args, c.ValidArgsFunction = []string{"ls"}, atMost(1), a.completeAct(nil, false)
	c.RunE = func(cmd *cobra.Command, args []string) error {
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
		d := show(in)
		d.Blocks = append(a.banner(at), d.Blocks...)
		return p.Print(d)
	}
	t.bind(c.Flags())
	return c
}

// workBlocks are what `show` says of tasks and follow-ups.
func (a *app) workBlocks(in view.Incident) []output.Block {
	blocks := a.checklistBlocks(in.Checklists)
	if len(in.Tasks) > 0 {
		blocks = append(blocks, output.Heading("Tasks"), a.taskRows(in.Tasks))
	}
	if len(in.FollowUps) > 0 {
		blocks = append(blocks, output.Heading("Follow-ups"), a.followUpRows(in.FollowUps))
	}
	return blocks
}

// itemCells are the cells that tasks and follow-ups have in common.
func (a *app) itemCells(t view.Task) []output.Cell {
	what, owner := output.P(output.OneLine(t.Text)), output.P(t.OwnerName)
	if t.Text == "" {
		what = output.T(output.Warn, "[redacted]")
	}
	if t.Owner == "" {
		owner = output.T(output.Dim, "nobody")
	}
	due, state := output.P(a.clock().Time(t.DueTime.Time)), output.T(output.Dim, t.State)
	if t.State == "open" {
		state = output.P(t.State)
		if !t.DueTime.IsZero() && t.DueTime.Before(a.Now()) {
			due, state = output.T(output.Bad, due.Text), output.T(output.Bad, "overdue")
		}
	}
	return []output.Cell{output.T(output.Strong, t.Name), what, owner, due, state}
}

// completeItems completes the incident, then its open tasks or follow-ups, then a
// person where one follows.
func (a *app) completeItems(pick func(view.Incident) []view.Task, person bool) completion {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return a.completeAct(nil, false)(cmd, args, typed)
		}
		if len(args) > 1 || !incidentName(args[0]) {
			if person {
				found, directive := a.completeResources("person")(cmd, args, typed)
				return append(found, "me"), directive
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		in, ok := a.glance(cmd.Context(), args[0])
		if !ok {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []cobra.Completion
		for _, t := range pick(in) {
			if t.State == "open" && strings.HasPrefix(t.Name, strings.ToUpper(typed)) {
				found = append(found, cobra.CompletionWithDesc(t.Name, output.OneLine(t.Text)))
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// glance reads an incident for a completion.
func (a *app) glance(ctx context.Context, name string) (view.Incident, bool) {
	conn, ctx, cancel := a.quick(ctx)
	defer cancel()
	if conn == nil {
		return view.Incident{}, false
	}
	defer func() { _ = conn.Close() }()
	r, err := conn.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: canonical(name)})
	if err != nil {
		return view.Incident{}, false
	}
	return view.OfIncident(r.GetIncident()), true
}
