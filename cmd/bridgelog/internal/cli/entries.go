package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// entryCommands curate single entries of a timeline.
func (a *app) entryCommands() []*cobra.Command {
	return []*cobra.Command{a.editCommand(), a.pinCommand(), a.hideCommand(), a.redactCommand()}
}

// parseEntry reads the number of an entry, as `timeline` shows it.
func parseEntry(word string) (uint64, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "#"), 10, 64)
	if err != nil || n == 0 {
		return 0, fault.FieldUsagef("entry", "%q is no entry: use the number that `bridgelog timeline` shows, such as 3", word)
	}
	return n, nil
}

func entryWords(n uint64) string { return "entry " + strconv.FormatUint(n, 10) }

func (a *app) editCommand() *cobra.Command {
	var entry uint64
	var text, reason string
	return a.command(act{
		use:   "edit [INC] ENTRY \"text\"",
		short: "Correct the text of an entry; the original stays beside it",
		long:  "Correct the text of an entry; the original stays beside it. A text of - is read from the input.",
		least: 2, most: -1, flags: reasonFlag(&reason),
		prepare: func(w *writing) (err error) {
			if entry, err = parseEntry(w.args[0]); err != nil {
				return err
			}
			words := strings.Join(w.args[1:], " ")
			if _, err := parseEntry(words); err == nil && !w.named {
				return fault.FieldUsagef("text", "is %[1]s the entry or its new text? If it is the text: bridgelog edit %[2]s %[3]d %[1]s",
					words, w.incident, entry)
			}
			text, err = a.textOrInput(words)
			return err
		},
		done: func(*writing) string { return entryWords(entry) + " edited" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.EditEntry(ctx, &incidentv1.EditEntryRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Entry: entry, Text: text, Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) pinCommand() *cobra.Command {
	var entry uint64
	var release bool
	return a.command(act{
		use: "pin [INC] ENTRY", short: "Pin an entry, or let it go with --release", least: 1, most: 1,
		flags:   func(flags *pflag.FlagSet) { flags.BoolVar(&release, "release", false, "let it go") },
		prepare: entryOnly(&entry),
		done: func(*writing) string {
			if release {
				return entryWords(entry) + " let go"
			}
			return entryWords(entry) + " pinned"
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.PinEntry(ctx, &incidentv1.PinEntryRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Entry: entry, Pinned: !release,
			})
			return r.GetResult(), err
		},
	})
}

func entryOnly(entry *uint64) func(*writing) error {
	return func(w *writing) (err error) {
		*entry, err = parseEntry(w.args[0])
		return err
	}
}

func (a *app) hideCommand() *cobra.Command {
	var entry uint64
	var show bool
	var reason string
	return a.command(act{
		use: "hide [INC] ENTRY", short: "Hide an entry from the timeline, or show it again with --show", least: 1, most: 1,
		flags: func(flags *pflag.FlagSet) {
			flags.BoolVar(&show, "show", false, "show it again")
			reasonFlag(&reason)(flags)
		},
		prepare: entryOnly(&entry),
		done: func(*writing) string {
			if show {
				return entryWords(entry) + " shown again"
			}
			return entryWords(entry) + " hidden"
		},
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.HideEntry(ctx, &incidentv1.HideEntryRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Entry: entry, Hidden: !show, Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

func (a *app) redactCommand() *cobra.Command {
	var entry uint64
	var code, reason string
	var yes bool
	return a.command(act{
		use: "redact [INC] ENTRY --code secret|personal_data|legal|other", least: 1, most: 1,
		short: "Erase what an entry says, for ever; that it was there stays provable",
		long: `Erase what an entry says, for ever: from the log, the views and the search. The
facts, the other entries and the proof stay. The entry is shown and asked for
before; --yes skips that.`,
		flags: func(flags *pflag.FlagSet) {
			flags.StringVar(&code, "code", "", "why: secret, personal_data, legal or other")
			flags.StringVar(&reason, "reason", "", "why, in words that do not repeat the content")
			flags.BoolVar(&yes, "yes", false, "do not ask")
		},
		prepare: func(w *writing) error {
			switch code {
			case "secret", "personal_data", "legal", "other":
				return entryOnly(&entry)(w)
			}
			return fault.FieldUsagef("code", "why? --code secret, personal_data, legal or other")
		},
		before: func(ctx context.Context, s *session, w *writing) error {
			if yes {
				return nil
			}
			blocks, err := a.entryPreview(ctx, s, w.incident, entry)
			if err != nil {
				return err
			}
			return a.confirm(false, "Erase this for ever?", blocks)
		},
		done: func(*writing) string { return entryWords(entry) + " redacted" },
		call: func(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.RedactEntry(ctx, &incidentv1.RedactEntryRequest{
				Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
				Entry: entry, ReasonCode: code, Reason: reason,
			})
			return r.GetResult(), err
		},
	})
}

// entryPreview shows one entry.
func (a *app) entryPreview(ctx context.Context, s *session, incident string, entry uint64) ([]output.Block, error) {
	found, err := a.findEntry(ctx, s, incident, entry)
	if err != nil {
		return nil, err
	}
	return a.entryBlocks(found, look{}), nil
}

// findEntry reads one entry.
func (a *app) findEntry(ctx context.Context, s *session, incident string, entry uint64) (*timelinev1.Entry, error) {
	var found *timelinev1.Entry
	_, err := a.eachEntry(ctx, s, &timelinev1.ListEntriesRequest{Incident: incident, IncludeHidden: true}, func(e *timelinev1.Entry) bool {
		if e.GetRevision() == entry {
			found = e
		}
		return found == nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fault.NotFoundf("%s has no entry %d: see `bridgelog timeline %s`", incident, entry, incident)
	}
	return found, nil
}
