package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// checklistVerbs are the words behind the incident.
func checklistVerbs() []string { return []string{"start", "tick", "untick"} }

// checklistCommand shows checklists, and with a verb works on them.
func (a *app) checklistCommand() *cobra.Command {
	var note, name, item string
	var t travel
	write := a.command(act{
		use:   "checklist [INC] [start NAME | tick ITEM | untick ITEM]",
		short: "Show the checklists of an incident, take one up, tick its lines",
		long: `Show the checklists of an incident: those that were taken up, and those of the
playbook that are worth a look now. With start, take one up: its text stays as it is
then. With tick and untick, say that a line is done or is not; ITEM is the line's id, or
CHECKLIST/ITEM where several have it.`,
		aliases: []string{"checklists"}, least: 2, most: 2, words: checklistVerbs(),
		flags: func(flags *pflag.FlagSet) { flags.StringVar(&note, "note", "", "what came of it") },
		prepare: func(w *writing) error {
			if !slices.Contains(checklistVerbs(), w.args[0]) {
				return fault.Usagef("unexpected %q; choose one of %s", w.args[0], strings.Join(checklistVerbs(), ", "))
			}
			name, item = w.args[1], ""
			if w.args[0] == "start" && note != "" {
				return fault.FieldUsagef("note", "--note is for tick and untick")
			}
			return nil
		},
		before: func(ctx context.Context, s *session, w *writing) (err error) {
			if w.args[0] != "start" {
				name, item, err = a.findLine(ctx, s, w.incident, w.args[1])
			}
			return err
		},
		done: func(w *writing) string {
			switch w.args[0] {
			case "start":
				return "checklist " + name + " started"
			case "tick":
				return "ticked " + name + "/" + item
			}
			return "no longer ticked: " + name + "/" + item
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			if w.args[0] == "start" {
				r, err := s.Commands.StartChecklist(ctx, &incidentv1.StartChecklistRequest{
					Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
					Checklist: name,
				})
				return r.GetResult(), err
			}
			r, err := s.Commands.TickChecklistItem(ctx, &incidentv1.TickChecklistItemRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Checklist: name, Item: item, Ticked: w.args[0] == "tick", Note: note,
			})
			return r.GetResult(), err
		},
	})
	t.bind(write.Flags())
	change := write.RunE
	write.RunE = func(cmd *cobra.Command, args []string) error {
		if slices.ContainsFunc(args, func(word string) bool { return slices.Contains(checklistVerbs(), word) }) {
			if len(args) > 2 && slices.Contains(checklistVerbs(), args[0]) && incidentName(args[1]) {
				args[0], args[1] = args[1], args[0] // `checklist start INC-1 NAME` is understood too
			}
			return change(cmd, args)
		}
		if err := atMost(1)(cmd, args); err != nil {
			return err
		}
		return a.checklists(cmd.Context(), args, t)
	}
	return write
}

// findLine finds the line that a word names.
func (a *app) findLine(ctx context.Context, s *session, name, word string) (checklist, item string, err error) {
	if list, line, both := strings.Cut(word, "/"); both {
		return list, line, nil
	}
	in, _, err := a.look(ctx, s, name, instant{})
	if err != nil {
		return "", "", err
	}
	var found, known []string
	for _, c := range in.Checklists {
		for _, l := range c.Items {
			known = append(known, l.ID)
			if l.ID == word {
				found = append(found, c.Name)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], word, nil
	case len(found) > 1:
		return "", "", fault.FieldUsagef("item", "%q is a line of %s: say which, as in %s/%s", word, strings.Join(found, " and "), found[0], word)
	case len(known) == 0:
		return "", "", fault.FieldUsagef("item", "no checklist was taken up yet: bridgelog checklist %s start NAME", in.Name)
	}
	return "", "", fault.FieldUsagef("item", "%q is no line of a checklist: choose one of %s", word, strings.Join(known, ", "))
}

// checklists shows those that were taken up and those that are worth a look.
func (a *app) checklists(ctx context.Context, args []string, t travel) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	name, _, err := a.splitIncident(args, 0)
	if err != nil {
		return err
	}
	moment, err := t.read(a)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	in, at, err := a.look(ctx, s, name, moment)
	if err != nil {
		return err
	}
	offered := []string{}
	if at == nil {
		book, err := a.playbook(ctx, "checklist")
		if err != nil {
			return err
		}
		offered = offeredTo(book.Playbook, in)
	}
	value := struct {
		Incident   string           `json:"incident"`
		Checklists []view.Checklist `json:"checklists"`
		Offered    []string         `json:"offered"`
	}{in.Name, in.Checklists, offered}
	blocks := append(a.banner(at), a.checklistBlocks(in.Checklists)...)
	if len(in.Checklists) == 0 {
		blocks = append(blocks, output.Line{output.T(output.Dim, "no checklist was taken up")})
	}
	if len(offered) > 0 {
		blocks = append(blocks, offerLine(in.Name, offered))
	}
	return p.Print(output.Document{Value: value, Blocks: blocks})
}

// offeredTo are the checklists that are worth a look now.
func offeredTo(book *playbook.Playbook, in view.Incident) []string {
	severity, _ := incident.ParseSeverity(in.Severity)
	status, _ := incident.ParseStatus(in.Status)
	out := []string{}
	for _, r := range book.Offered(playbook.Situation{
		Severity: severity, Status: status,
		Held: func(r incident.Role) bool { return holder(in, r.String()) != "" },
		Started: func(name string) bool {
			return slices.ContainsFunc(in.Checklists, func(c view.Checklist) bool { return c.Name == name })
		},
	}) {
		out = append(out, r.Name)
	}
	return out
}

func offerLine(name string, offered []string) output.Line {
	return output.Line{
		output.T(output.Dim, "worth a look: "+strings.Join(offered, ", ")+"; take one up: bridgelog checklist "+name+" start "+offered[0]),
	}
}

func (a *app) checklistBlocks(lists []view.Checklist) []output.Block {
	var blocks []output.Block
	for _, c := range lists {
		title := c.Title
		if title == "" {
			title = c.Name
		}
		rows := output.Rows{Columns: []string{"", "id", "what", "by", "note"}, Shrink: 3, Drop: []int{5, 4}}
		for _, l := range c.Items {
			rows.Rows = append(rows.Rows, lineCells(l))
		}
		blocks = append(blocks, output.Heading(title+" ("+c.Name+")"), rows)
	}
	return blocks
}

func lineCells(l view.ChecklistLine) []output.Cell {
	box, what := output.T(output.Warn, "[ ]"), output.P(output.OneLine(strings.SplitN(l.Text, "\n", 2)[0]))
	if l.Ticked {
		box = output.T(output.Good, "[x]")
	}
	if l.Text == "" {
		what = output.T(output.Warn, "[redacted]")
	}
	return []output.Cell{box, output.T(output.Strong, l.ID), what, output.P(l.ByName), output.P(output.OneLine(l.Note))}
}
