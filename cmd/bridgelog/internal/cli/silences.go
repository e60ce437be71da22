package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/silence"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) silenceCommand() *cobra.Command {
	c := group("silence", "Keep alerts that are known from calling for a while", a.silenceAddCommand(), a.silencesListCommand(silence.KindSilence),
		a.silenceEndCommand(silence.KindSilence))
	c.Aliases = []string{"silences"}
	return c
}

func (a *app) maintenanceCommand() *cobra.Command {
	c := group("maintenance", "Plan work on services, whose alerts call nobody meanwhile", a.maintenanceAddCommand(),
		a.silencesListCommand(silence.KindMaintenance), a.silenceEndCommand(silence.KindMaintenance))
	c.Aliases = []string{"maintenances"}
	return c
}

// silenceSpan is when something is to hold, as people say it.
type silenceSpan struct{ length, from, until string }

func (s *silenceSpan) bind(flags *pflag.FlagSet) {
	flags.StringVar(&s.length, "for", "", "how long: 30m, 2h, 3d")
	flags.StringVar(&s.from, "from", "", "when it begins, if not now: 22:00, \"in 2h\", RFC 3339")
	flags.StringVar(&s.until, "until", "", "when it ends, in place of --for: 18:00, RFC 3339")
}

// read returns a begin only where one was given: the server knows what now is.
func (s *silenceSpan) read(a *app) (begin, end *timestamppb.Timestamp, err error) {
	from := a.Now()
	if s.from != "" {
		if from, err = timeparse.Ahead(s.from, from, a.Zone); err != nil {
			return nil, nil, fault.FieldUsagef("from", "--from: %w", err)
		}
		begin = timestamppb.New(from)
	}
	switch {
	case s.length != "" && s.until != "":
		return nil, nil, fault.FieldUsagef("until", "give --for or --until, not both")
	case s.length != "":
		length, ok := timeparse.Length(s.length)
		if !ok {
			return nil, nil, fault.FieldUsagef("for", "--for %s is no length of time: write 30m, 2h or 3d", s.length)
		}
		return begin, timestamppb.New(from.Add(length)), nil
	case s.until != "":
		until, err := timeparse.Ahead(s.until, from, a.Zone)
		if err != nil {
			return nil, nil, fault.FieldUsagef("until", "--until: %w", err)
		}
		return begin, timestamppb.New(until), nil
	}
	return nil, nil, fault.FieldUsagef("for", "say how long: --for 2h, or --until 18:00")
}

// silencesListCommand lists silences, or maintenances.
func (a *app) silencesListCommand(kind string) *cobra.Command {
	var ended bool
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List those that hold or are to come", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			found, err := a.silencesOf(cmd.Context(), s, kind, ended)
			if err != nil {
				return err
			}
			return p.Print(output.Document{Value: found, Blocks: []output.Block{a.silenceRows(kind, found.Silences)}})
		},
	}
	c.Flags().BoolVar(&ended, "ended", false, "also those that are over")
	return c
}

func (a *app) silencesOf(ctx context.Context, s *session, kind string, ended bool) (view.Silences, error) {
	var found view.Silences
	var err error
	found.Silences, _, err = collect(ctx, a, true, 0, "", func(ctx context.Context, size int32, token string) ([]view.Silence, string, error) {
		page, err := s.Silences.ListSilences(ctx, &signalv1.ListSilencesRequest{Kind: kind, IncludeEnded: ended, PageSize: size, PageToken: token})
		return each(page.GetSilences(), view.OfSilence), page.GetNextPageToken(), err
	})
	return found, err
}

func (a *app) silenceRows(kind string, found []view.Silence) output.Block {
	clock := a.clock()
	rows := output.Rows{Columns: []string{kind, "state", "alerts", "begins", "ends", "by", "reason"}, Shrink: 6, Empty: "None holds or is to come."}
	for _, s := range found {
		by := s.CreatedBy
		if by == "" {
			by = s.ManagedBy
		}
		rows.Rows = append(rows.Rows, []output.Cell{
			output.T(output.Strong, s.Name), silenceState(s), output.P(s.Concerns()), output.T(output.Dim, clock.When(s.BeginTime.Time)),
			output.P(clock.When(s.EndTime.Time)), output.P(by), output.P(output.OneLine(s.Reason)),
		})
	}
	return rows
}

func silenceState(s view.Silence) output.Cell {
	switch s.State {
	case "active":
		return output.T(output.Warn, s.State)
	case "ended":
		return output.T(output.Dim, s.State)
	}
	return output.P(s.State)
}

// silenceEnded is what the end of a silence answers.
type silenceEnded struct {
	Silence   view.Silence `json:"silence"`
	Unchanged bool         `json:"unchanged"`
	RequestID string       `json:"request_id"`
	Position  string       `json:"position"`
}

func (a *app) silenceEndCommand(kind string) *cobra.Command {
	var flags silenceWrite
	var etag string
	c := &cobra.Command{
		Use: "end NAME", Short: "End one now; it stays to be read", Args: exactly(1), ValidArgsFunction: a.completeSilence(kind),
		Long: `End one now, before its time. What still fires goes through its route as if it had just
fired. One from a file comes back with the next apply of that file: change it there, too.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			done := silenceEnded{RequestID: flags.id(a)}
			err = a.insist(cmd.Context(), done.RequestID, func(ctx context.Context) error {
				r, err := s.Silences.EndSilence(ctx, &signalv1.EndSilenceRequest{RequestId: done.RequestID, OnBehalfOf: flags.as, Kind: kind, Name: args[0], Etag: etag})
				done.Silence, done.Unchanged, done.Position = view.OfSilence(r.GetSilence()), r.GetUnchanged(), r.GetPosition()
				return err
			})
			if err != nil {
				return err
			}
			said := "ended"
			if done.Unchanged {
				said = "was over since " + a.clock().Time(done.Silence.EndTime.Time)
			}
			line := output.Line{output.T(output.Strong, kind+" "+done.Silence.Name), output.P(said)}
			blocks := []output.Block{line}
			if done.Silence.ManagedBy == "file" && !done.Unchanged {
				blocks = append(blocks, output.Line{output.T(output.Warn, "it came from a file, whose next apply brings it back: change it there, too")})
			}
			return p.Print(output.Document{Value: done, Blocks: blocks})
		},
	}
	flags.bind(c.Flags())
	c.Flags().StringVar(&etag, "etag", "", "refuse when it has changed since it had this etag")
	return refusing(c, map[string]string{"occurred-at": "it ends now, and cannot have ended before"})
}

// silenceWrite are the flags of what writes a silence.
type silenceWrite struct{ requestID, as string }

func (w *silenceWrite) bind(flags *pflag.FlagSet) {
	flags.StringVar(&w.requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	flags.StringVar(&w.as, "as", "", "the person to whom the act is attributed, where that is allowed")
}

// id is the idempotency key, which is made where none was given.
func (w *silenceWrite) id(a *app) string {
	if w.requestID == "" {
		w.requestID = a.NewID()
	}
	return w.requestID
}

// completeSilence completes those that hold or are to come.
func (a *app) completeSilence(kind string) completion {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		s, err := a.open(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer s.close()
		found, err := a.silencesOf(cmd.Context(), s, kind, false)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []cobra.Completion
		for _, one := range found.Silences {
			names = append(names, cobra.CompletionWithDesc(one.Name, one.Concerns()))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// spanned says until when something holds, for people.
func (a *app) spanned(s view.Silence) string {
	clock := a.clock()
	said := "until " + clock.Time(s.EndTime.Time)
	if s.State == "pending" {
		said = "from " + clock.Time(s.BeginTime.Time) + " " + said
	}
	return said
}
