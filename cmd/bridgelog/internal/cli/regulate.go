package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (a *app) regulateCommand() *cobra.Command {
	var event incident.LegalEvent
	var regime, report, note string
	words := legalWords()
	c := a.command(act{
		use: "regulate [INC] " + strings.Join(words, "|"), short: "Record an event with which the terms of a law start or end",
		long: `Record an event with which the terms of a law start or end: that you became aware of
the incident, classified it, determined that it is material, submitted a report.
` + "`bridgelog clocks`" + ` shows by when which report is due. Several laws may run on one
incident. This is a reminder and not legal advice.

Laws are the clock policies of the playbook that have a regulation: nis2, dora, gdpr,
sec-8k, hipaa, cra-vulnerability, cra-incident, and those that you add; other names that
people use, such as gdpr-33 or "Form 8-K", are understood. submitted and
not-applying name a report with --report; withdrawn says that the law does not apply
after all.`,
		least: 1, most: 1, words: words,
		flags: func(flags *pflag.FlagSet) {
			flags.StringVar(&regime, "regime", "", "the law: nis2, dora, gdpr, sec-8k, hipaa, cra-vulnerability, cra-incident or one of your own")
			flags.StringVar(&report, "report", "", "which report was submitted or does not apply, for example early-warning")
			flags.StringVar(&note, "note", "", "why, or where it is filed")
		},
		prepare: func(w *writing) (err error) {
			if event, err = incident.ParseLegalEvent(w.args[0]); err != nil {
				return err
			}
			switch {
			case regime == "":
				return fault.FieldUsagef("regime", "which law? Name it with --regime, for example --regime nis2")
			case event.OfReport() && report == "":
				return fault.FieldUsagef("report", "which report? Name it with --report, for example --report early-warning")
			}
			return nil
		},
		done: func(*writing) string {
			what := strings.ReplaceAll(event.String(), "_", " ")
			if report != "" {
				what += " " + report
			}
			return regime + ": " + what + " (" + clock.NotLegalAdvice + ")"
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.RecordLegalEvent(ctx, &incidentv1.RecordLegalEventRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Regime: regime, Event: incidentv1.LegalEvent(event), Report: report, Note: note,
			})
			return r.GetResult(), err
		},
	})
	_ = c.RegisterFlagCompletionFunc("regime", a.completeLaws(func(name string, _ *catalogv1.Regulation) []string { return []string{name} }))
	_ = c.RegisterFlagCompletionFunc("report", a.completeLaws(func(name string, law *catalogv1.Regulation) []string {
		if regime != "" && regime != name {
			return nil
		}
		var reports []string
		for _, d := range law.GetDuties() {
			reports = append(reports, d.GetId())
		}
		return reports
	}))
	return c
}

// legalWords are the events as people write them.
func legalWords() []string {
	var words []string
	for _, e := range incident.LegalEvents() {
		words = append(words, strings.ReplaceAll(e.String(), "_", "-"))
	}
	return words
}

// completeLaws completes from the laws that count.
func (a *app) completeLaws(from func(name string, law *catalogv1.Regulation) []string) completion {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		b, err := a.playbook(cmd.Context(), "clock_policy")
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []cobra.Completion
		seen := map[string]bool{}
		for _, l := range b.Policies().Laws {
			r, _ := b.Find("clock_policy", l.Name())
			for _, word := range from(l.Name(), r.Spec.GetClockPolicy().GetRegulation()) {
				if strings.HasPrefix(word, typed) && !seen[word] {
					seen[word] = true
					found = append(found, word)
				}
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}
