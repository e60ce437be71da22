package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) stableCommand() *cobra.Command {
	var note string
	return a.command(act{
		use: "stable [INC] [WHAT WAS LOOKED AT]", short: "Say that somebody has looked and the service is stable", most: -1,
		long: `Say that somebody has looked and the service is stable. It holds until the incident
gets worse or is reopened. A text of - is read from the input.`,
		prepare: func(w *writing) (err error) {
			note, err = a.textOrInput(w.text())
			return err
		},
		done: func(*writing) string { return "confirmed stable" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ConfirmStability(ctx, &incidentv1.ConfirmStabilityRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Note: note,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) debriefCommand() *cobra.Command {
	var text string
	var f filling
	words := a.textFromWords(&text)
	return a.fillable(a.command(act{
		use:   "debrief [INC] \"what happened? what did we do?\"",
		short: "Write down what the talk right after an incident gave",
		long: `Write down what the talk right after an incident gave. A text of - is read from the
input. --dry-run without a text shows the form of the playbook with what the log knows:
fill in the rest and give it back:

  bridgelog debrief INC-1 --dry-run > debrief.md
  bridgelog debrief INC-1 - < debrief.md`,
		most: -1, flags: f.bind,
		prepare: func(w *writing) (err error) {
			if f.asked() || f.dryRun && len(w.args) == 0 {
				text, err = a.textOrInput(w.text())
				return err
			}
			if len(w.args) == 0 {
				return fault.FieldUsagef("text", "the text is missing: say something after %s, or see the form with --dry-run", w.incident)
			}
			return words(w)
		},
		before: func(ctx context.Context, s *session, w *writing) error {
			return a.teamText(ctx, s, w, &f, &text, true, teamText{
				request: &timelinev1.RenderTemplateRequest{Purpose: &timelinev1.RenderTemplateRequest_Debrief{Debrief: &timelinev1.Debrief{}}},
			})
		},
		done: func(*writing) string { return "debrief added" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AddDebrief(ctx, &incidentv1.AddDebriefRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Text: text,
			})
			return r.GetResult(), err
		},
	}))
}

// postmortemWrite is what `postmortem` does when it is told an owner or a state.
func (a *app) postmortemWrite(owner, state *string) *cobra.Command {
	var to incident.PostmortemState
	return a.command(act{
		use: "postmortem",
		prepare: func(*writing) (err error) {
			switch {
			case *owner != "" && *state != "":
				return fault.FieldUsagef("state", "give --owner and --state one after the other")
			case *state != "":
				to, err = incident.ParsePostmortemState(*state)
			}
			return err
		},
		done: func(*writing) string {
			if *owner != "" {
				return "post-mortem is for " + *owner
			}
			return "post-mortem is " + strings.ReplaceAll(to.String(), "_", " ")
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			if *owner != "" {
				r, err := s.Commands.AssignPostmortem(ctx, &incidentv1.AssignPostmortemRequest{
					Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
					Owner: *owner,
				})
				return r.GetResult(), err
			}
			r, err := s.Commands.ChangePostmortemState(ctx, &incidentv1.ChangePostmortemStateRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				State: incidentv1.PostmortemState(to),
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) privateCommand() *cobra.Command {
	var off, yes bool
	var reason string
	return a.command(act{
		use:   "private [INC]",
		short: "Make an incident private, or visible to everybody with --off",
		long: `Make an incident private: only its members and admins see it from then on, in every
list, search, watch and webhook. Members are who declared it, who holds or held a role,
who made it private, and whom ` + "`bridgelog member add`" + ` added. What customers were told
stays. With --off everybody sees it again, the past included.`,
		flags: func(flags *pflag.FlagSet) {
			flags.BoolVar(&off, "off", false, "let everybody see it again")
			flags.BoolVar(&yes, "yes", false, "do not ask")
			reasonFlag(&reason)(flags)
		},
		before: func(_ context.Context, _ *session, w *writing) error {
			if !off {
				return nil
			}
			return a.confirm(yes, "Let everybody see it?", []output.Block{
				output.Line{output.T(output.Strong, w.incident), output.P("and all that was ever written in it will be visible to everybody")},
			})
		},
		done: func(*writing) string {
			if off {
				return "is visible to everybody"
			}
			return "is private"
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ChangeVisibility(ctx, &incidentv1.ChangeVisibilityRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Private: !off, Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) memberCommand() *cobra.Command {
	add := a.memberAct("add", "Let a person see an incident when it is private", "is a member",
		func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AddMember(ctx, &incidentv1.AddMemberRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Person: w.args[0],
			})
			return r.GetResult(), err
		})
	remove := a.memberAct("remove", "Take away the right to see an incident when it is private", "is no longer a member",
		func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.RemoveMember(ctx, &incidentv1.RemoveMemberRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Person: w.args[0],
			})
			return r.GetResult(), err
		})
	list := a.workList(&cobra.Command{Use: "list [INC]", Short: "List who may see an incident when it is private"}, func(in view.Incident) output.Document {
		rows := output.Rows{Columns: []string{"member", "id"}}
		for _, m := range in.Members {
			rows.Rows = append(rows.Rows, []output.Cell{output.P(m.Name), output.T(output.Dim, m.Person)})
		}
		return output.Document{Value: struct {
			Incident string        `json:"incident"`
			Private  bool          `json:"private"`
			Members  []view.Member `json:"members"`
		}{in.Name, in.Private, in.Members}, Blocks: []output.Block{rows}}
	})
	return group("member", "Who may see an incident when it is private", add, remove, list)
}

func (a *app) memberAct(
	verb, short, done string, call func(context.Context, *session, *writing) (*incidentv1.WriteResult, error),
) *cobra.Command {
	c := a.command(act{
		use: verb + " [INC] PERSON", short: short, least: 1, most: 1,
		done: func(w *writing) string { return w.args[0] + " " + done },
		call: call,
	})
	c.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return a.completeAct(nil, false)(cmd, args, typed)
		}
		found, directive := a.completeResources("person")(cmd, args, typed)
		return append(found, "me"), directive
	}
	return c
}
