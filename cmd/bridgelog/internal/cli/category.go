package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) categoryCommand() *cobra.Command {
	var category string
	return a.command(act{
		use: "category [INC] NAME", short: "Say what kind of cause it was", least: 1, most: 1,
		long: `Say what kind of cause it was, so that a second time is noticed. The categories are
those of the catalog, or of the built-in playbook while there are none.`,
		complete: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				found, directive := a.completeCategory(cmd, args, typed)
				return append(found, a.incidents(cmd.Context(), typed)...), directive
			}
			return a.completeCategory(cmd, args, typed)
		},
		prepare: func(w *writing) error {
			category = w.args[0]
			return nil
		},
		done: func(*writing) string { return "category is " + category },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.ChangeCategory(ctx, &incidentv1.ChangeCategoryRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Category: category,
			})
			return r.GetResult(), err
		},
	})
}

// completeCategory completes the categories that count.
func (a *app) completeCategory(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	found, directive := a.completeResources("category")(cmd, args, typed)
	if len(found) > 0 {
		return found, directive
	}
	builtIn, err := catalog.BuiltIn()
	if err != nil {
		return nil, directive
	}
	for _, r := range builtIn {
		if r.Kind == "category" && strings.HasPrefix(r.Name, typed) {
			found = append(found, cobra.CompletionWithDesc(r.Name, r.Spec.GetCategory().GetDescription()))
		}
	}
	slices.Sort(found)
	return found, directive
}

func (a *app) unrelateCommand() *cobra.Command {
	var other string
	return a.command(act{
		use: "unrelate INC OTHER", short: "Take back that two incidents belong together; both show it", least: 1, most: 2,
		complete: a.completeOtherIncident,
		prepare: func(w *writing) error {
			var err error
			other, err = w.other()
			return err
		},
		done: func(*writing) string { return "is not related to " + other + " any more" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.UnrelateIncident(ctx, &incidentv1.UnrelateIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as, Other: other,
			})
			return r.GetResult(), err
		},
	})
}

// other is the incident that the last argument names, another one than the first.
func (w *writing) other() (string, error) {
	other := canonical(w.args[len(w.args)-1])
	switch {
	case len(w.args) > 1 || !incidentName(w.args[0]):
		return "", fault.FieldUsagef("other", "%q names no incident: use INC-41, 41 or the full id", w.args[0])
	case other == w.incident:
		return "", fault.FieldUsagef("other", "%s cannot be related to itself", w.incident)
	}
	return other, nil
}

func (a *app) relateCommand() *cobra.Command {
	var other string
	var duplicate bool
	return a.command(act{
		use: "relate INC OTHER", short: "Say that two incidents belong together; both show it", least: 1, most: 2,
		long: `Say that two incidents belong together; both show it, and each goes on by itself. With
--duplicate the first is the other one, declared again. To let an incident go on under
another one use ` + "`bridgelog merge`" + `.`,
		complete: a.completeOtherIncident,
		flags: func(flags *pflag.FlagSet) {
			flags.BoolVar(&duplicate, "duplicate", false, "the first incident is the other one, declared again")
		},
		prepare: func(w *writing) error {
			var err error
			other, err = w.other()
			return err
		},
		done: func(*writing) string {
			if duplicate {
				return "is a duplicate of " + other
			}
			return "is related to " + other
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			relation := incident.RelatedTo
			if duplicate {
				relation = incident.DuplicateOf
			}
			r, err := s.Commands.RelateIncident(ctx, &incidentv1.RelateIncidentRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Other: other, Relation: incidentv1.Relation(relation),
			})
			return r.GetResult(), err
		},
	})
}
