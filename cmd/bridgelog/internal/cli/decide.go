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

// decided is a decision as a person states it.
type decided struct {
	choice, reason, change, hypothesis, entry string
	options, checks                           []string
	answers                                   []*incidentv1.DecisionCheck
	about                                     uint64
}

func (a *app) decideCommand() *cobra.Command {
	var d decided
	var name string
	return a.command(act{
		use:   "decide [INC] rollback|fix-forward|OTHER [WHY]",
		short: "Decide what is done, and say why",
		long: `Decide what is done, and say why. Rolling back is the default: whatever else is
decided needs a reason. OTHER is a word of yours, such as failover. It is for whoever
leads the incident.`,
		least: 1, most: -1, words: []string{"rollback", "fix-forward"},
		flags: func(flags *pflag.FlagSet) {
			reasonFlag(&d.reason)(flags)
			flags.StringArrayVar(&d.options, "option", nil, "what else was considered; may be repeated")
			flags.StringArrayVar(&d.checks, "check", nil, "a line of the checklist and its answer, as in recent-change=yes; may be repeated")
			flags.StringVar(&d.change, "change", "", "the change that it is about: an id of change list, or its first characters")
			flags.StringVar(&d.hypothesis, "hypothesis", "", "the hypothesis that it is about, as in H1")
			flags.StringVar(&d.entry, "entry", "", "the entry that it is about, by its number")
		},
		prepare: func(w *writing) error { return a.readDecision(&d, w) },
		before: func(ctx context.Context, s *session, _ *writing) error {
			d.change = a.wholeChange(ctx, s, d.change)
			return nil
		},
		done: func(*writing) string { return name + ": " + strings.ReplaceAll(d.choice, "_", " ") },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.MakeDecision(ctx, &incidentv1.MakeDecisionRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Choice: d.choice, Reason: d.reason, Options: d.options, Checks: d.answers, Hypothesis: d.hypothesis,
				Change: d.change, Entry: d.about,
			})
			name = r.GetResult().GetDecision()
			return r.GetResult(), err
		},
	})
}

func (a *app) readDecision(d *decided, w *writing) (err error) {
	if d.choice, err = incident.ParseChoice(w.args[0]); err != nil {
		return err
	}
	w.args = w.args[1:]
	if err := a.reasonFromWords(&d.reason)(w); err != nil {
		return err
	}
	if d.choice != incident.Rollback && strings.TrimSpace(d.reason) == "" {
		return fault.FieldUsagef("reason", "rolling back is the default: say why %s is better with --reason", strings.ReplaceAll(d.choice, "_", " "))
	}
	if d.entry != "" {
		if d.about, err = parseEntry(d.entry); err != nil {
			return err
		}
	}
	for _, word := range d.checks {
		answer, err := parseCheck(word)
		if err != nil {
			return err
		}
		d.answers = append(d.answers, answer)
	}
	return nil
}

// parseCheck reads item=yes or item=no.
func parseCheck(word string) (*incidentv1.DecisionCheck, error) {
	item, answer, _ := strings.Cut(word, "=")
	switch strings.ToLower(answer) {
	case "yes", "y", "true":
		return &incidentv1.DecisionCheck{Item: item, Holds: true}, nil
	case "no", "n", "false":
		return &incidentv1.DecisionCheck{Item: item}, nil
	}
	return nil, fault.FieldUsagef("check", "%q is not ITEM=yes or ITEM=no, as in recent-change=yes", word)
}
