package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) sayCommands() []*cobra.Command {
	return []*cobra.Command{a.updateCommand(), a.noteCommand()}
}

func (a *app) updateCommand() *cobra.Command {
	var text string
	var f filling
	var yes bool
	return a.fillable(a.command(act{
		use:   "update [INC] [\"text\"]",
		short: "Tell the team how things stand; the update clock starts again",
		long: `Tell the team how things stand; the update clock starts again. A text of - is read
from the input. With --template or --set the text is a template of the playbook, filled
in with what the log knows and what you give; without a text, too: then it is the one
that fits the severity and the status best, which is shown and asked for. --dry-run shows
the text and writes nothing.`,
		most: -1,
		flags: func(flags *pflag.FlagSet) {
			f.bind(flags)
			flags.BoolVar(&yes, "yes", false, "do not ask")
		},
		prepare: func(w *writing) (err error) {
			if text, err = a.textOrInput(w.text()); err == nil && len(w.args) > 0 && strings.TrimSpace(text) == "" {
				return fault.FieldUsagef("text", "the text is empty: say how things stand")
			}
			return err
		},
		before: func(ctx context.Context, s *session, w *writing) error {
			return a.teamText(ctx, s, w, &f, &text, yes, teamText{
				request:  &timelinev1.RenderTemplateRequest{Purpose: &timelinev1.RenderTemplateRequest_TeamUpdate{TeamUpdate: &timelinev1.TeamUpdate{}}},
				instead:  "; or say it yourself: bridgelog update " + w.incident + " \"text\"",
				question: "Post this?", always: true,
			})
		},
		done: func(*writing) string { return "update posted" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.PostUpdate(ctx, &incidentv1.PostUpdateRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Text: text,
			})
			return r.GetResult(), err
		},
	}))
}

func (a *app) noteCommand() *cobra.Command {
	var text, label string
	var pin bool
	return a.command(act{
		use:   "note [INC] \"text\"",
		short: "Write something down; the update clock goes on",
		long:  "Write something down; the update clock goes on. A text of - is read from the input.",
		least: 1, most: -1, prepare: a.textFromWords(&text),
		flags: func(flags *pflag.FlagSet) {
			flags.BoolVar(&pin, "pin", false, "pin it")
			flags.StringVar(&label, "label", "", "what kind of note, for example hypothesis")
		},
		done: func(*writing) string {
			if pin {
				return "note added and pinned"
			}
			return "note added"
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AddNote(ctx, &incidentv1.AddNoteRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Text: text, Label: label, Pinned: pin,
			})
			return r.GetResult(), err
		},
	})
}

// textFromWords reads the text that a command is about. A single word that names
// an incident is a text that was forgotten.
func (a *app) textFromWords(text *string) func(*writing) error {
	return func(w *writing) (err error) {
		if len(w.args) == 1 && incidentName(w.args[0]) {
			return fault.FieldUsagef("text", "the text is missing: say something after %s", canonical(w.args[0]))
		}
		if *text, err = a.textOrInput(w.text()); err == nil && strings.TrimSpace(*text) == "" {
			return fault.FieldUsagef("text", "the text is empty: say how things stand")
		}
		return err
	}
}
