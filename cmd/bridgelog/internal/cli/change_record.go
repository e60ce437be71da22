package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/change"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// recordedChange is a change as a person or a script tells of it.
type recordedChange struct {
	request                    signalv1.RecordChangeRequest
	kind, outcome              string
	requestID, occurred, began string
	labels                     []string
}

func (r *recordedChange) bind(flags *pflag.FlagSet) {
	flags.StringVar(&r.kind, "kind", "", "what was changed: "+strings.Join(change.Kinds(), ", "))
	flags.StringVar(&r.outcome, "outcome", change.Succeeded.String(), "how far it has come: "+strings.Join(change.Outcomes(), ", "))
	flags.StringVar(&r.request.Service, "service", "", "the service that was changed")
	flags.StringVar(&r.request.Environment, "environment", "", "where, for example production")
	flags.StringVar(&r.request.Version, "version", "", "what runs now: a version, a tag, a commit")
	flags.StringVar(&r.request.AuthorName, "author", "", "who changed it")
	flags.StringVar(&r.request.Link, "link", "", "where more is to be seen")
	flags.StringVar(&r.request.Description, "description", "", "more about it")
	flags.StringArrayVarP(&r.labels, "label", "l", nil, "a label, as name=value; may be repeated")
	flags.StringVar(&r.request.Key, "key", "", "a name of yours for this change: a later report with the same one is of the same change")
	flags.StringVar(&r.request.Source, "source", "manual", "what tells of it, for example the name of a pipeline")
	flags.StringVar(&r.occurred, "occurred-at", "", "when that was, if not now: 14:05, \"10m ago\", RFC 3339")
	flags.StringVar(&r.began, "started-at", "", "when it began, where --occurred-at is its end")
	flags.StringVar(&r.request.OnBehalfOf, "as", "", "the person to whom the report is attributed, where that is allowed")
	flags.StringVar(&r.requestID, "request-id", "", "idempotency key: without --key, repeating it cannot record the change twice")
}

func (a *app) changeRecordCommand() *cobra.Command {
	var r recordedChange
	c := &cobra.Command{
		Use: "record \"TITLE\"", Short: "Record that something was changed", Args: someArgs,
		Long: `Record that something was changed: a deployment, a setting, a flag, a migration. A
change that takes a while is recorded when it starts (--outcome started --key NAME) and
again when it is through, with the same --key. It may be told of any number of times.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.read(a, args); err != nil {
				return err
			}
			return a.changeRecord(cmd.Context(), &r)
		},
	}
	r.bind(c.Flags())
	for flag, words := range map[string][]string{"kind": change.Kinds(), "outcome": change.Outcomes()} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	return c
}

// read fills in the request.
func (r *recordedChange) read(a *app, words []string) (err error) {
	if r.request.Title = strings.TrimSpace(strings.Join(words, " ")); r.request.Title == "" {
		return fault.FieldUsagef("title", "the title is empty: say what was changed")
	}
	if r.kind != "" {
		if r.request.Kind, err = readKind(r.kind); err != nil {
			return err
		}
	}
	outcome, ok := change.ParseOutcome(r.outcome)
	if !ok {
		return fault.FieldUsagef("outcome", "--outcome %s: it is one of %s", r.outcome, strings.Join(change.Outcomes(), ", "))
	}
	r.request.Outcome = signalv1.ChangeOutcome(outcome)
	if r.request.Labels, err = readLabels(r.labels); err != nil {
		return err
	}
	if r.requestID == "" {
		r.requestID = a.NewID()
	}
	if r.request.Key == "" {
		r.request.Key = r.requestID
	}
	return r.times(a, outcome)
}

// times reads when it was. A time that is not given is the server's.
func (r *recordedChange) times(a *app, outcome change.Outcome) error {
	for _, f := range []struct {
		flag, text string
		into       *int64
	}{
		{"started-at", r.began, &r.request.StartedAtUs},
		{"occurred-at", r.occurred, r.occurredField(outcome)},
	} {
		if f.text == "" {
			continue
		}
		at, err := timeparse.Past(f.text, a.Now(), a.Zone)
		if err != nil {
			return fault.FieldUsagef(f.flag, "--%s: %w", f.flag, err)
		}
		*f.into = at.UnixMicro()
	}
	if r.began != "" && outcome.Final() && r.occurred == "" {
		r.request.EndedAtUs = a.Now().Truncate(time.Microsecond).UnixMicro()
	}
	if r.request.GetEndedAtUs() != 0 && r.request.GetStartedAtUs() > r.request.GetEndedAtUs() {
		return fault.FieldUsagef("started-at", "--started-at lies behind --occurred-at, which is the end")
	}
	return nil
}

func (r *recordedChange) occurredField(outcome change.Outcome) *int64 {
	if outcome.Final() {
		return &r.request.EndedAtUs
	}
	return &r.request.StartedAtUs
}

func readKind(word string) (signalv1.ChangeKind, error) {
	k, ok := change.ParseKind(word)
	if !ok {
		return 0, fault.FieldUsagef("kind", "--kind %s: it is one of %s", word, strings.Join(change.Kinds(), ", "))
	}
	return signalv1.ChangeKind(k), nil
}

func (a *app) changeRecord(ctx context.Context, r *recordedChange) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	var answer *signalv1.RecordChangeResponse
	_, err = a.send(ctx, r.requestID, func(ctx context.Context) (_ *incidentv1.WriteResult, err error) {
		answer, err = s.ChangeReports.RecordChange(ctx, &r.request)
		return nil, err
	})
	if err != nil {
		return err
	}
	v := view.ChangeReported{
		Change: answer.GetChangeId(), Source: r.request.GetSource(), Key: r.request.GetKey(), Position: answer.GetPosition(),
		RequestID: r.requestID, Unchanged: answer.GetUnchanged(), System: s.Target.Name, Demo: s.Target.Demo,
	}
	line := output.Line{output.T(output.Strong, shortAlert(v.Change)), output.P("recorded: " + r.request.GetTitle())}
	if v.Unchanged {
		line = append(line, output.T(output.Dim, "(it was so already)"))
	}
	return p.Print(output.Document{Value: v, Blocks: []output.Block{append(line, a.marks(s, nil)...)}})
}
