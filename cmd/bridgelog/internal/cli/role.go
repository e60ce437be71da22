package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) roleCommands() []*cobra.Command {
	return []*cobra.Command{a.roleCommand(), a.takeCommand(), a.handoverCommand()}
}

func roleNames() []string {
	var out []string
	for _, r := range incident.Roles() {
		out = append(out, r.String())
	}
	return out
}

func roleWords(r incident.Role) string { return strings.ReplaceAll(r.String(), "_", " ") }

func (a *app) roleCommand() *cobra.Command {
	var role incident.Role
	var release bool
	var person string
	return a.command(act{
		use:   "role [INC] commander|technical_lead|communications_lead|scribe PERSON",
		short: "Give a role to a person, or leave it with --release",
		least: 1, most: 2, words: roleNames(), people: true,
		flags: func(flags *pflag.FlagSet) { flags.BoolVar(&release, "release", false, "leave the role") },
		prepare: func(w *writing) (err error) {
			if role, err = incident.ParseRole(w.args[0]); err != nil {
				return err
			}
			person = strings.Join(w.args[1:], "")
			if (person == "") != release {
				return fault.FieldUsagef("person", "name the person who takes the role (a name, an e-mail address, or me), or leave it with --release")
			}
			return nil
		},
		done: func(*writing) string {
			if release {
				return "has no " + roleWords(role)
			}
			if strings.EqualFold(person, "me") {
				return "has you as " + roleWords(role)
			}
			return roleWords(role) + " is " + person
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			if release {
				r, err := s.Commands.ReleaseRole(ctx, &incidentv1.ReleaseRoleRequest{
					Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
					Role: incidentv1.Role(role),
				})
				return r.GetResult(), err
			}
			return assign(ctx, s, w, role, person)
		},
	})
}

func assign(ctx context.Context, s *session, w *writing, role incident.Role, person string) (*incidentv1.WriteResult, error) {
	r, err := s.Commands.AssignRole(ctx, &incidentv1.AssignRoleRequest{
		Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		Role: incidentv1.Role(role), Person: person,
	})
	return r.GetResult(), err
}

func (a *app) takeCommand() *cobra.Command {
	var role incident.Role
	return a.command(act{
		use:   "take [INC] commander|technical_lead|communications_lead|scribe",
		short: "Take a role yourself", least: 1, most: 1, words: roleNames(),
		prepare: func(w *writing) (err error) {
			role, err = incident.ParseRole(w.args[0])
			return err
		},
		done: func(*writing) string { return "has you as " + roleWords(role) },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			return assign(ctx, s, w, role, "me")
		},
	})
}

func (a *app) handoverCommand() *cobra.Command {
	var role incident.Role
	var summary string
	var f filling
	return a.fillable(a.command(act{
		use:   "handover [INC] ROLE PERSON \"summary\"",
		short: "Pass a role on and say what the taker has to know",
		long: `Pass a role on and say what the taker has to know. A summary of - is read from the
input. With --template or --set the summary is the playbook's, filled in with what the
log knows and what you give, for example --set what_we_know="…"; --dry-run shows it and
writes nothing.`,
		least: 2, most: -1, words: roleNames(), people: true, flags: f.bind,
		prepare: func(w *writing) (err error) {
			if role, err = incident.ParseRole(w.args[0]); err != nil {
				return err
			}
			summary, err = a.textOrInput(strings.Join(w.args[2:], " "))
			return err
		},
		before: func(ctx context.Context, s *session, w *writing) error {
			passing := &timelinev1.Handover{Role: incidentv1.Role(role), Person: w.args[1]}
			return a.teamText(ctx, s, w, &f, &summary, true, teamText{
				request: &timelinev1.RenderTemplateRequest{Purpose: &timelinev1.RenderTemplateRequest_Handover{Handover: passing}},
				instead: "; or say it yourself behind the person",
			})
		},
		done: func(w *writing) string { return roleWords(role) + " handed over to " + w.args[1] },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.HandOverRole(ctx, &incidentv1.HandOverRoleRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Role: incidentv1.Role(role), Person: w.args[1], Summary: summary,
			})
			return r.GetResult(), err
		},
	}))
}
