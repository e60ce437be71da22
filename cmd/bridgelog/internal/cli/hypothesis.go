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

func (a *app) hypothesisCommand() *cobra.Command {
	c := group("hypothesis", "Suppose causes, test them, confirm or eliminate them",
		a.hypothesisAddCommand(), a.hypothesisTestCommand(),
		a.judgeCommand("confirm", "Say that a supposed cause is the cause; this resolves nothing", "confirmed", confirmHypothesis),
		a.judgeCommand("eliminate", "Say that a supposed cause is not the cause; it stays visible", "eliminated", eliminateHypothesis),
		a.judgeCommand("reopen", "Look at a confirmed or eliminated cause again, since something is new", "is open again", reopenHypothesis),
		a.hypothesisListCommand(),
	)
	c.Aliases = []string{"hypotheses"}
	return c
}

func (a *app) hypothesisAddCommand() *cobra.Command {
	var text, because, eliminate, name string
	return a.command(act{
		use:   "add [INC] \"what may be the cause\"",
		short: "Suppose a cause; it gets a number, H1",
		least: 1, most: -1, prepare: a.textFromWords(&text),
		flags: func(flags *pflag.FlagSet) {
			flags.StringVar(&because, "because", "", "what speaks for it")
			flags.StringVar(&eliminate, "eliminate", "", "what would eliminate it")
		},
		done: func(*writing) string { return name + " supposed: " + text },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.AddHypothesis(ctx, &incidentv1.AddHypothesisRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Text: text, Because: because, Eliminate: eliminate,
			})
			name = r.GetResult().GetHypothesis()
			return r.GetResult(), err
		},
	})
}

// parseHypothesis takes the hypothesis from the front of the words.
func parseHypothesis(w *writing) (name string, words []string, err error) {
	number, err := incident.ParseHypothesis(w.args[0])
	if err != nil {
		return "", nil, err
	}
	return incident.HypothesisName(number), w.args[1:], nil
}

func (a *app) hypothesisTestCommand() *cobra.Command {
	var name, text string
	return a.command(act{
		use:   "test [INC] H1 \"what it showed\"",
		short: "Write down what a test of a hypothesis showed",
		long:  "Write down what a test of a hypothesis showed. A text of - is read from the input.",
		least: 2, most: -1, complete: a.completeHypothesis,
		prepare: func(w *writing) (err error) {
			var words []string
			if name, words, err = parseHypothesis(w); err == nil {
				text, err = a.textOrInput(strings.Join(words, " "))
			}
			return err
		},
		done: func(*writing) string { return name + " tested" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.TestHypothesis(ctx, &incidentv1.TestHypothesisRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Hypothesis: name, Text: text,
			})
			return r.GetResult(), err
		},
	})
}

// judging sends a verdict on a hypothesis.
type judging func(ctx context.Context, s *session, w *writing, hypothesis, reason string) (*incidentv1.WriteResult, error)

func (a *app) judgeCommand(verb, short, done string, send judging) *cobra.Command {
	var name, reason string
	return a.command(act{
		use: verb + " [INC] H1 [WHY]", short: short, least: 1, most: -1, flags: reasonFlag(&reason), complete: a.completeHypothesis,
		prepare: func(w *writing) (err error) {
			if name, w.args, err = parseHypothesis(w); err != nil {
				return err
			}
			if err = a.reasonFromWords(&reason)(w); err == nil && strings.TrimSpace(reason) == "" {
				return fault.FieldUsagef("reason", "why? bridgelog hypothesis %s %s %s --reason \"…\"", verb, w.incident, name)
			}
			return err
		},
		done: func(*writing) string { return name + " " + done },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			return send(ctx, s, w, name, reason)
		},
	})
}

func confirmHypothesis(ctx context.Context, s *session, w *writing, hypothesis, reason string) (*incidentv1.WriteResult, error) {
	r, err := s.Commands.ConfirmHypothesis(ctx, &incidentv1.ConfirmHypothesisRequest{
		Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		Hypothesis: hypothesis, Reason: reason,
	})
	return r.GetResult(), err
}

func eliminateHypothesis(ctx context.Context, s *session, w *writing, hypothesis, reason string) (*incidentv1.WriteResult, error) {
	r, err := s.Commands.EliminateHypothesis(ctx, &incidentv1.EliminateHypothesisRequest{
		Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		Hypothesis: hypothesis, Reason: reason,
	})
	return r.GetResult(), err
}

func reopenHypothesis(ctx context.Context, s *session, w *writing, hypothesis, reason string) (*incidentv1.WriteResult, error) {
	r, err := s.Commands.ReopenHypothesis(ctx, &incidentv1.ReopenHypothesisRequest{
		Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		Hypothesis: hypothesis, Reason: reason,
	})
	return r.GetResult(), err
}

// completeHypothesis completes the incident, and behind it its hypotheses.
func (a *app) completeHypothesis(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	name, others, err := a.splitIncident(args, 0)
	if err != nil || len(args) == 0 && name == "" {
		return a.incidents(cmd.Context(), typed), cobra.ShellCompDirectiveNoFileComp
	}
	if len(others) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	conn, ctx, cancel := a.quick(cmd.Context())
	defer cancel()
	if conn == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer func() { _ = conn.Close() }()
	r, err := conn.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: name})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, h := range r.GetIncident().GetHypotheses() {
		if strings.HasPrefix(h.GetName(), strings.ToUpper(typed)) {
			found = append(found, cobra.CompletionWithDesc(h.GetName(), h.GetText()))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
