package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) impactCommand() *cobra.Command {
	var components []string
	var impact []*incidentv1.ComponentImpact
	set := a.command(act{
		use:   "set [INC] COMPONENT=STATE…",
		short: "Say which components suffer, and how",
		long: `Say which components suffer, and how; components that are not named stay as they
are. This is internal: ` + "`bridgelog publish`" + ` proposes it to customers. States are
operational, under_maintenance, degraded_performance, partial_outage and
major_outage.`,
		most: -1,
		flags: func(flags *pflag.FlagSet) {
			flags.StringArrayVar(&components, "component", nil, "component and its state, as in api=partial_outage; may be repeated")
		},
		prepare: func(w *writing) (err error) {
			if impact, err = parseImpact(append(components, w.args...)); err == nil && len(impact) == 0 {
				err = fault.FieldUsagef("component", "which component? For example --component api=partial_outage")
			}
			return err
		},
		done: func(*writing) string { return "impact is " + impactWords(impact) },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.SetImpact(ctx, &incidentv1.SetImpactRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Components: impact,
			})
			return r.GetResult(), err
		},
	})
	return group("impact", "Which components suffer, and when customers did", a.impactStartCommand(), a.impactEndCommand(), set)
}

// parseImpact reads component=state words.
func parseImpact(words []string) ([]*incidentv1.ComponentImpact, error) {
	var out []*incidentv1.ComponentImpact
	for _, word := range words {
		name, state, found := strings.Cut(word, "=")
		if !found || name == "" {
			return nil, fault.FieldUsagef("component", "%q is not COMPONENT=STATE, as in api=partial_outage", word)
		}
		status, err := incident.ParseComponentStatus(state)
		if err != nil {
			return nil, err
		}
		out = append(out, &incidentv1.ComponentImpact{Component: name, Status: incidentv1.ComponentStatus(status)})
	}
	return out, nil
}

// impactWords writes components and states for eyes.
func impactWords(impact []*incidentv1.ComponentImpact) string {
	parts := make([]string, len(impact))
	for i, c := range impact {
		parts[i] = c.GetComponent() + " " + strings.ReplaceAll(incident.ComponentStatus(c.GetStatus()).String(), "_", " ")
	}
	return strings.Join(parts, ", ")
}
