package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// act describes a command that writes to one incident.
type act struct {
	// use is the command's line after the program; "[INC]" stands first.
	use, short, long string
	aliases          []string
	// least and most are how many words follow the incident; most below 0 is
	// without bound.
	least, most int
	// flags adds the command's own flags.
	flags func(*pflag.FlagSet)
	// prepare looks at the words before anything is connected. It may change them.
	prepare func(w *writing) error
	// resolve is like prepare, for words that the system may have to be asked about.
	resolve func(ctx context.Context, w *writing) error
	// before previews and asks; it may be nil.
	before func(ctx context.Context, s *session, w *writing) error
	// call sends the act. It may be called again with the same request id.
	call func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error)
	// done says what was done, after the incident's name.
	done func(w *writing) string
	// told is true for an act that decides who hears of the incident.
	told bool
	// words completes the words after the incident; people says that a person
	// follows them.
	words  []string
	people bool
	// complete, when set, completes all words instead.
	complete completion
}

// writing is one act as a person asked for it.
type writing struct {
	incident   string
	named      bool // the person named it; it is not the one that `use` chose
	args       []string
	requestID  string
	etag       string
	as         string
	occurredAt *timestamppb.Timestamp
}

// text is the words as one text.
func (w *writing) text() string { return strings.Join(w.args, " ") }

// writeFlags are the flags of every write.
type writeFlags struct {
	requestID, etag, as, occurredAt string
}

func (f *writeFlags) bind(flags *pflag.FlagSet, etag bool) {
	flags.StringVar(&f.requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	flags.StringVar(&f.as, "as", "", "the person to whom the act is attributed, where that is allowed")
	flags.StringVar(&f.occurredAt, "occurred-at", "", "when it happened, if not now: 14:05, \"10m ago\", RFC 3339")
	if etag {
		flags.StringVar(&f.etag, "etag", "", "refuse when the incident has changed since it had this etag")
	}
}

// writing reads the flags. The request id is made here when there is none, so
// that an outcome that is not known can be asked for again.
func (a *app) writing(f writeFlags) (*writing, error) {
	w := &writing{requestID: f.requestID, etag: f.etag, as: f.as}
	if w.requestID == "" {
		w.requestID = a.NewID()
	}
	if len(w.requestID) > 128 {
		return nil, fault.FieldUsagef("request-id", "--request-id has more than 128 characters")
	}
	if f.occurredAt != "" {
		at, err := timeparse.Past(f.occurredAt, a.Now(), a.Zone)
		if err != nil {
			return nil, fault.FieldUsagef("occurred-at", "--occurred-at: %w", err)
		}
		w.occurredAt = timestamppb.New(at)
	}
	return w, nil
}

// refusing takes flags of every write that mean nothing for this one, and says why when
// one is given: why is by flag.
func refusing(c *cobra.Command, why map[string]string) *cobra.Command {
	given := map[string]*string{}
	for _, flag := range slices.Sorted(maps.Keys(why)) {
		given[flag] = c.Flags().String(flag, "", "")
		_ = c.Flags().MarkHidden(flag) // it is there
	}
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		for _, flag := range slices.Sorted(maps.Keys(why)) {
			if *given[flag] != "" {
				return fault.FieldUsagef(flag, "leave --%s out: %s", flag, why[flag])
			}
		}
		return run(cmd, args)
	}
	return c
}

// command makes the command of an act.
func (a *app) command(act act) *cobra.Command {
	var flags writeFlags
	c := &cobra.Command{
		Use: act.use, Short: act.short, Long: act.long, Aliases: act.aliases, Args: cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeAct(act.words, act.people),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.writing(flags)
			if err != nil {
				return err
			}
			return a.perform(cmd, act, w, args)
		},
	}
	if act.complete != nil {
		c.ValidArgsFunction = act.complete
	}
	flags.bind(c.Flags(), true)
	if act.flags != nil {
		act.flags(c.Flags())
	}
	return c
}

func (a *app) perform(cmd *cobra.Command, act act, w *writing, args []string) error {
	printer, err := a.printer()
	if err != nil {
		return err
	}
	if act.most >= 0 {
		args = incidentFirst(args)
	}
	if w.incident, w.args, err = a.splitIncident(args, act.least); err != nil {
		return err
	}
	w.named = len(w.args) < len(args)
	switch {
	case len(w.args) < act.least:
		return fault.Usagef("something is missing; %s", usageOf(cmd))
	case act.most >= 0 && len(w.args) > act.most:
		return fault.Usagef("unexpected %q; %s", w.args[act.most], usageOf(cmd))
	}
	if act.prepare != nil {
		if err := act.prepare(w); err != nil {
			return err
		}
	}
	if act.resolve != nil {
		if err := act.resolve(cmd.Context(), w); err != nil {
			return err
		}
	}
	s, err := a.open(cmd.Context())
	if err != nil {
		return err
	}
	defer s.close()
	if act.before != nil {
		if err := act.before(cmd.Context(), s, w); err != nil {
			return err
		}
	}
	result, err := a.send(cmd.Context(), w.requestID, func(ctx context.Context) (*incidentv1.WriteResult, error) {
		return act.call(ctx, s, w)
	})
	if err != nil {
		return err
	}
	if act.told {
		return a.reportTold(cmd.Context(), s, printer, result, act.done(w))
	}
	return a.report(cmd.Context(), s, printer, result, act.done(w))
}
