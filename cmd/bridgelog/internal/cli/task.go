package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) taskCommand() *cobra.Command {
	children := []*cobra.Command{a.taskAddCommand(), a.taskAssignCommand()}
	for _, e := range endings() {
		children = append(children, a.taskEndCommand(e))
	}
	return group("task", "Who does what by when", append(children, a.taskListCommand())...)
}

func (a *app) taskAddCommand() *cobra.Command {
	var text string
	var f itemFlags
	c := a.command(act{
		use:   "add [INC] \"what to do\"",
		short: "Give the work one more piece, with one owner and a time",
		long:  "Give the work one more piece, with one owner and a time. A text of - is read from the input.",
		least: 1, most: -1, flags: f.bindTask,
		prepare: func(w *writing) error {
			if err := a.textFromWords(&text)(w); err != nil {
				return err
			}
			return f.read(a)
		},
		done: func(*writing) string { return "task added" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AddTask(ctx, &incidentv1.AddTaskRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Text: text, Owner: f.owner, DueTime: f.dueTime,
			})
			return r.GetResult(), err
		},
	})
	_ = c.RegisterFlagCompletionFunc("owner", a.completeResources("person"))
	return c
}

func (a *app) taskAssignCommand() *cobra.Command {
	var task uint64
	var f itemFlags
	c := a.command(act{
		use:   "assign [INC] T1 [PERSON]",
		short: "Give a task another owner, or another time with --due", least: 1, most: 2,
		flags: func(flags *pflag.FlagSet) { flags.StringVar(&f.due, "due", "", "by when: 30m, 15:30, 2026-03-15") },
		prepare: func(w *writing) (err error) {
			if task, err = parseItem("T", "task", w.args[0]); err != nil {
				return err
			}
			if f.owner = strings.Join(w.args[1:], ""); f.owner == "" && f.due == "" {
				return fault.FieldUsagef("owner", "who does it? Name the person, or give another time with --due")
			}
			return f.read(a)
		},
		done: func(*writing) string {
			if f.owner == "" {
				return "task has another time"
			}
			return "task is for " + f.owner
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AssignTask(ctx, &incidentv1.AssignTaskRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Task: task, Owner: f.owner, DueTime: f.dueTime,
			})
			return r.GetResult(), err
		},
	})
	c.ValidArgsFunction = a.completeItems(tasksOf, true)
	return c
}

func (a *app) taskEndCommand(e ending) *cobra.Command {
	var task uint64
	var note string
	c := a.command(act{
		use: e.verb + " [INC] T1 [WHAT CAME OF IT]", short: "Say that a task is " + e.word, least: 1, most: -1,
		prepare: func(w *writing) (err error) {
			if task, err = parseItem("T", "task", w.args[0]); err != nil {
				return err
			}
			note, err = a.textOrInput(strings.Join(w.args[1:], " "))
			return err
		},
		done: func(*writing) string { return "task " + e.word },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.EndTask(ctx, &incidentv1.EndTaskRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Task: task, Outcome: e.outcome, Note: note,
			})
			return r.GetResult(), err
		},
	})
	c.ValidArgsFunction = a.completeItems(tasksOf, false)
	return c
}

func tasksOf(in view.Incident) []view.Task { return in.Tasks }

func (a *app) taskListCommand() *cobra.Command {
	var open bool
	c := a.workList(&cobra.Command{Use: "list [INC]", Short: "List the tasks of an incident, now or in the past"}, func(in view.Incident) output.Document {
		tasks := []view.Task{}
		for _, t := range in.Tasks {
			if !open || t.State == "open" {
				tasks = append(tasks, t)
			}
		}
		value := struct {
			Incident string      `json:"incident"`
			Tasks    []view.Task `json:"tasks"`
		}{in.Name, tasks}
		if len(tasks) == 0 {
			return output.Document{Value: value, Blocks: []output.Block{output.Line{output.T(output.Dim, "no tasks")}}}
		}
		return output.Document{Value: value, Blocks: []output.Block{a.taskRows(tasks)}}
	})
	c.Flags().BoolVar(&open, "open", false, "only those that are not done or dropped")
	return c
}

func (a *app) taskRows(tasks []view.Task) output.Rows {
	rows := output.Rows{Columns: []string{"task", "what", "owner", "due", "state"}, Shrink: 2}
	for _, t := range tasks {
		rows.Rows = append(rows.Rows, a.itemCells(t))
	}
	return rows
}
