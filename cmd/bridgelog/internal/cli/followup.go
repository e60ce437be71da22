package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) followUpCommand() *cobra.Command {
	children := []*cobra.Command{a.followUpAddCommand(), a.followUpSetCommand()}
	for _, e := range endings() {
		children = append(children, a.followUpEndCommand(e))
	}
	c := group("followup", "What is done so that it does not come back", append(children, a.followUpListCommand())...)
	c.Aliases = []string{"follow-up"}
	return c
}

// completeFollowUp completes the flags of a follow-up.
func (a *app) completeFollowUp(c *cobra.Command) {
	_ = c.RegisterFlagCompletionFunc("owner", a.completeResources("person"))
	_ = c.RegisterFlagCompletionFunc("type", cobra.FixedCompletions([]cobra.Completion{"prevent", "mitigate", "detect", "process"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("priority", cobra.FixedCompletions([]cobra.Completion{"high", "medium", "low"}, cobra.ShellCompDirectiveNoFileComp))
}

func (a *app) followUpAddCommand() *cobra.Command {
	var text string
	var f itemFlags
	c := a.command(act{
		use:   "add [INC] \"what to do\"",
		short: "Write down what has to be done afterwards; also after the end",
		long:  "Write down what has to be done afterwards; also after the end. A text of - is read from the input.",
		least: 1, most: -1, flags: f.bindFollowUp,
		prepare: func(w *writing) error {
			if err := a.textFromWords(&text)(w); err != nil {
				return err
			}
			return f.read(a)
		},
		done: func(*writing) string { return "follow-up added" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AddFollowUp(ctx, &incidentv1.AddFollowUpRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Text: text, Owner: f.owner, DueTime: f.dueTime, Type: incidentv1.FollowUpType(f.followUpType),
				Priority: incidentv1.Priority(f.urgency), Tracker: f.tracker,
			})
			return r.GetResult(), err
		},
	})
	a.completeFollowUp(c)
	return c
}

func (a *app) followUpSetCommand() *cobra.Command {
	var number uint64
	var f itemFlags
	c := a.command(act{
		use:   "set [INC] F1 --owner|--due|--type|--priority|--tracker …",
		short: "Change an open follow-up; what is left out stays", least: 1, most: 1, flags: f.bindFollowUp,
		prepare: func(w *writing) (err error) {
			if number, err = parseItem("F", "follow-up", w.args[0]); err != nil {
				return err
			}
			if f.owner+f.due+f.kind+f.priority+f.tracker == "" {
				return fault.Usagef("say what changes: --owner, --due, --type, --priority or --tracker")
			}
			return f.read(a)
		},
		done: func(*writing) string { return "follow-up changed" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ReviseFollowUp(ctx, &incidentv1.ReviseFollowUpRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				FollowUp: number, Owner: f.owner, DueTime: f.dueTime, Type: incidentv1.FollowUpType(f.followUpType),
				Priority: incidentv1.Priority(f.urgency), Tracker: f.tracker,
			})
			return r.GetResult(), err
		},
	})
	a.completeFollowUp(c)
	c.ValidArgsFunction = a.completeItems(followUpsOf, false)
	return c
}

func (a *app) followUpEndCommand(e ending) *cobra.Command {
	var number uint64
	var note string
	c := a.command(act{
		use: e.verb + " [INC] F1 [WHAT CAME OF IT]", short: "Say that a follow-up is " + e.word, least: 1, most: -1,
		prepare: func(w *writing) (err error) {
			if number, err = parseItem("F", "follow-up", w.args[0]); err != nil {
				return err
			}
			note, err = a.textOrInput(strings.Join(w.args[1:], " "))
			return err
		},
		done: func(*writing) string { return "follow-up " + e.word },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.EndFollowUp(ctx, &incidentv1.EndFollowUpRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				FollowUp: number, Outcome: e.outcome, Note: note,
			})
			return r.GetResult(), err
		},
	})
	c.ValidArgsFunction = a.completeItems(followUpsOf, false)
	return c
}

func followUpsOf(in view.Incident) []view.Task {
	out := make([]view.Task, 0, len(in.FollowUps))
	for _, f := range in.FollowUps {
		out = append(out, f.Task)
	}
	return out
}

func (a *app) followUpListCommand() *cobra.Command {
	var open bool
	c := a.workList(&cobra.Command{Use: "list [INC]", Short: "List the follow-ups of an incident, now or in the past"}, func(in view.Incident) output.Document {
		followUps := []view.FollowUp{}
		for _, f := range in.FollowUps {
			if !open || f.State == "open" {
				followUps = append(followUps, f)
			}
		}
		value := struct {
			Incident  string          `json:"incident"`
			FollowUps []view.FollowUp `json:"follow_ups"`
		}{in.Name, followUps}
		if len(followUps) == 0 {
			return output.Document{Value: value, Blocks: []output.Block{output.Line{output.T(output.Dim, "no follow-ups")}}}
		}
		return output.Document{Value: value, Blocks: []output.Block{a.followUpRows(followUps)}}
	})
	c.Flags().BoolVar(&open, "open", false, "only those that are not done or dropped")
	return c
}

func (a *app) followUpRows(followUps []view.FollowUp) output.Rows {
	rows := output.Rows{Columns: []string{"follow-up", "what", "owner", "due", "state", "type", "priority", "tracker"}, Shrink: 2, Drop: []int{7, 8}}
	for _, f := range followUps {
		cells := a.itemCells(f.Task)
		for _, word := range []string{f.Type, f.Priority} {
			if word == "unknown" {
				word = ""
			}
			cells = append(cells, output.P(word))
		}
		rows.Rows = append(rows.Rows, append(cells, output.T(output.Dim, f.Tracker)))
	}
	return rows
}
