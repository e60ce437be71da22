package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) blastCommand() *cobra.Command {
	r := &incidentv1.SetBlastRadiusRequest{}
	var customers []string
	return a.suggestible(a.command(act{
		use: "blast [INC] [\"text\"]", aliases: []string{"blast-radius"}, short: "Say all that is known to be hit",
		long: `Say all that is known to be hit: services, components, regions, customers, and what
else there is in words. What is left out is no longer said to be; earlier answers stay
in the log. This is internal. A text of - is read from the input. With --suggest the
services that depend on what is hit are proposed, and nothing is written.`,
		most: -1,
		flags: func(flags *pflag.FlagSet) {
			flags.StringSliceVar(&r.Services, "service", nil, "a service; may be repeated")
			flags.StringSliceVar(&r.Components, "component", nil, "a component; may be repeated")
			flags.StringSliceVar(&r.Regions, "region", nil, "a region; may be repeated")
			flags.StringSliceVar(&customers, "customers", nil, "how many customers, or which; may be repeated")
		},
		prepare: func(w *writing) (err error) {
			if r.Text, err = a.textOrInput(w.text()); err != nil {
				return err
			}
			for _, c := range customers {
				if n, err := strconv.ParseUint(c, 10, 64); err == nil {
					r.Customers = n
				} else {
					r.CustomerNames = append(r.CustomerNames, c)
				}
			}
			if len(r.Services)+len(r.Components)+len(r.Regions)+len(customers) == 0 && strings.TrimSpace(r.Text) == "" {
				return fault.FieldUsagef("text", "what is hit? Name it with --service, --component, --region or --customers, or say it in words")
			}
			return nil
		},
		done: func(*writing) string { return "blast radius stated" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r.Incident, r.RequestId, r.Etag, r.OccurredAt, r.OnBehalfOf = w.incident, w.requestID, w.etag, w.occurredAt, w.as
			answer, err := s.Commands.SetBlastRadius(ctx, r)
			return answer.GetResult(), err
		},
	}))
}
