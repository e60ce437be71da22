package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) impactStartCommand() *cobra.Command {
	return a.windowCommand("start", "Say when customers began to suffer; with --at it is revised",
		"impact began", func(ctx context.Context, s *session, w *writing, reason string) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.StartImpact(ctx, &incidentv1.StartImpactRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as, Reason: reason,
			})
			return r.GetResult(), err
		})
}

func (a *app) impactEndCommand() *cobra.Command {
	return a.windowCommand("end", "Say when customers no longer suffered; with --at it is revised",
		"impact ended", func(ctx context.Context, s *session, w *writing, reason string) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.EndImpact(ctx, &incidentv1.EndImpactRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as, Reason: reason,
			})
			return r.GetResult(), err
		})
}

type sendWindow func(ctx context.Context, s *session, w *writing, reason string) (*incidentv1.WriteResult, error)

func (a *app) windowCommand(verb, short, done string, send sendWindow) *cobra.Command {
	var reason, at string
	var proposed bool
	return a.command(act{
		use: verb + " [INC] [WHY]", short: short, most: -1,
		flags: func(flags *pflag.FlagSet) {
			if verb == "start" {
				flags.BoolVar(&proposed, "proposed", false, "accept the time that the system proposes from checks of the services; bridgelog suspects shows it")
			}
			reasonFlag(&reason)(flags)
			flags.StringVar(&at, "at", "", "when, if not now: 14:05, \"10m ago\", RFC 3339")
		},
		prepare: func(w *writing) error {
			if at != "" && proposed {
				return fault.FieldUsagef("at", "give --at or --proposed, not both")
			}
			if at != "" {
				when, err := timeparse.Past(at, a.Now(), a.Zone)
				if err != nil {
					return fault.FieldUsagef("at", "--at: %w", err)
				}
				w.occurredAt = timestamppb.New(when)
			}
			return a.reasonFromWords(&reason)(w)
		},
		before: func(ctx context.Context, s *session, w *writing) error {
			if !proposed {
				return nil
			}
			p, err := a.startProposed(ctx, s, w.incident)
			if err != nil {
				return err
			}
			w.occurredAt = p.GetTime()
			if reason == "" {
				reason = accepted(p.GetReason())
			}
			return nil
		},
		done: func(w *writing) string {
			if w.occurredAt == nil {
				return done + " now"
			}
			return done + " at " + a.clock().Time(w.occurredAt.AsTime())
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			return send(ctx, s, w, reason)
		},
	})
}
