package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/statuspage"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/timelinefile"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// importing are the flags of the imports.
type importing struct {
	skipBroken, noComponents, dryRun bool
	resolveOpen                      bool
	system, title                    string
	parallel                         int
}

// parser reads one file.
type parser func(name string, in io.Reader) (importer.Batch, error)

func (a *app) importCommand() *cobra.Command {
	return group("import", "Bring in histories and services from elsewhere", a.importStatuspageCommand(), a.importTimelineCommand(), a.importBackstageCommand())
}

func (f *importing) bind(c *cobra.Command) {
	flags := c.Flags()
	flags.BoolVar(&f.skipBroken, "skip-broken", false, "leave out what cannot be read instead of refusing the file")
	flags.BoolVar(&f.dryRun, "dry-run", false, "only read the files and say what they hold")
	flags.IntVar(&f.parallel, "parallel", 4, "how many calls are under way at once")
}

func (a *app) importStatuspageCommand() *cobra.Command {
	var f importing
	c := &cobra.Command{
		Use: "statuspage FILE|DIR…", Short: "Import incidents from a status page", Args: someArgs,
		Long: `Import incidents from a status page, with their original times, ids and texts:
a summary or incidents document of the Statuspage API, archives with one JSON
value a line, Google Cloud's list, or an Atom history; plain or gzip. - is the
input. Repeating an import adds only what is new.

Impact critical, major and minor become SEV-1, SEV-2 and SEV-3. Components keep
their ids, and those that the catalog does not have are added to it with their
names (--no-components leaves that out).`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.importFiles(cmd.Context(), f, args, func(_ string, in io.Reader) (importer.Batch, error) {
				return statuspage.Parse(in, statuspage.Options{System: f.system, ResolveOpen: f.resolveOpen})
			})
		},
	}
	f.bind(c)
	c.Flags().BoolVar(&f.noComponents, "no-components", false, "do not add components to the catalog")
	c.Flags().BoolVar(&f.resolveOpen, "resolve-open", false, "take as resolved, when last seen, what the source never said was over")
	c.Flags().StringVar(&f.system, "system", "", "name of the source in external references, instead of statuspage:PAGE")
	return c
}

func (a *app) importTimelineCommand() *cobra.Command {
	var f importing
	c := &cobra.Command{
		Use: "timeline FILE|DIR…", Short: "Import timelines that people transcribed, one incident a file", Args: someArgs,
		Long: `Import timelines: one JSON object a line with at, kind, actor and text; plain or
gzip. Each file is one incident, known by the file's name, so that repeating an
import adds only what is new. - is the input, known by its --title.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.title != "" && len(args) > 1:
				return fault.FieldUsagef("title", "--title is for a single file")
			case f.title == "" && slices.Contains(args, "-"):
				return fault.FieldUsagef("title", "the input has no name by which it is known when it is imported again: give it a --title")
			}
			return a.importFiles(cmd.Context(), f, args, func(name string, in io.Reader) (importer.Batch, error) {
				if args[0] == "-" {
					name = f.title
				}
				return timelinefile.Parse(in, timelinefile.Options{Name: timelinefile.NameOf(name), Title: f.title})
			})
		},
	}
	f.bind(c)
	c.Flags().StringVar(&f.title, "title", "", "the incident's title, instead of the file's name")
	return c
}

// importFiles reads all files, then sends what they hold. Nothing is sent when
// any of it cannot be read, unless that was asked for.
func (a *app) importFiles(ctx context.Context, f importing, names []string, parse parser) error {
	p, err := a.printer(output.Table, output.JSON, output.YAML)
	if err != nil {
		return err
	}
	if f.parallel < 1 || f.parallel > 64 {
		return fault.FieldUsagef("parallel", "--parallel must be from 1 to 64")
	}
	work, skipped, err := a.readImports(ctx, f, names, parse)
	if err != nil {
		return err
	}
	report := view.ImportReport{Histories: len(work.Histories), Refused: []view.Refusal{}, Skipped: skipped}
	if f.dryRun {
		return a.printImport(p, report, work, true)
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	report.System = s.Target.Name
	// Histories name components and do not need them, so both go at once.
	var components errgroup.Group
	if !f.noComponents && len(work.Components) > 0 {
		components.Go(func() (err error) {
			report.Components, err = a.addComponents(ctx, s, work.Components)
			return err
		})
	}
	sending := a.sendHistories(ctx, s, work, f.parallel, &report)
	adding := components.Wait()
	if printing := a.printImport(p, report, work, false); printing != nil {
		return printing
	}
	switch {
	case report.Interrupted:
		return fault.Refusedf("interrupted after %d of %d histories; repeat the command: what is there already is not imported twice",
			report.Imported+report.Existed, report.Histories)
	case sending != nil:
		return sending
	case adding != nil:
		return adding
	case len(report.Refused) > 0:
		return fault.Refusedf("%d histories were refused, the first: %s: %s", len(report.Refused), report.Refused[0].ExternalID, report.Refused[0].Error)
	}
	return nil
}

// readImports reads every file and joins what they hold.
func (a *app) readImports(ctx context.Context, f importing, names []string, parse parser) (importer.Batch, []view.SkippedLine, error) {
	files, err := importPaths(names)
	if err != nil {
		return importer.Batch{}, nil, err
	}
	var all importer.Batch
	skipped, at := []view.SkippedLine{}, map[string]int{}
	for i, read := range a.parseAll(ctx, files, parse) {
		name := files[i]
		if ctx.Err() != nil {
			return importer.Batch{}, nil, fault.Refusedf("interrupted while reading; nothing was sent")
		}
		if name == "-" {
			name = "input"
		}
		if read.err != nil {
			if !f.skipBroken {
				return importer.Batch{}, nil, fault.FieldUsagef("file", "%s: %w; nothing was sent (--skip-broken leaves out what cannot be read)", name, read.err)
			}
			skipped = append(skipped, view.SkippedLine{File: name, Error: read.err.Error()})
			continue
		}
		for _, problem := range read.Problems {
			skipped = append(skipped, view.SkippedLine{File: name, Line: problem.Line, Error: problem.Err.Error()})
		}
		all.Components = append(all.Components, read.Components...)
		for _, h := range read.Histories {
			join(&all, at, h)
		}
	}
	if len(skipped) > 0 && !f.skipBroken {
		first := skipped[0]
		return importer.Batch{}, nil, fault.FieldUsagef("file",
			"%s: %s (%d in all cannot be read); nothing was sent: mend the file or add --skip-broken", place(first), first.Error, len(skipped))
	}
	return all, skipped, nil
}

// parsed is what one file held, or why it cannot be read.
type parsed struct {
	importer.Batch

	err error
}

// parseAll parses files side by side, as many as there are processors. What each
// held stands in the order of the files. A context that ends leaves the rest unread.
func (a *app) parseAll(ctx context.Context, files []string, parse parser) []parsed {
	all := make([]parsed, len(files))
	var readers errgroup.Group
	readers.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range files {
		readers.Go(func() error {
			if all[i].err = ctx.Err(); all[i].err == nil {
				all[i].Batch, all[i].err = a.readImport(name, parse)
			}
			return nil
		})
	}
	_ = readers.Wait() // each file keeps its own error
	return all
}

// join adds a history; of the same incident in several files the one with the
// most acts is taken.
func join(all *importer.Batch, at map[string]int, h *incidentv1.ImportedIncident) {
	key := h.GetDeclare().GetExternal().GetSystem() + "\x00" + h.GetDeclare().GetExternal().GetId()
	i, known := at[key]
	switch {
	case !known:
		at[key] = len(all.Histories)
		all.Histories = append(all.Histories, h)
	case len(h.GetSteps()) > len(all.Histories[i].GetSteps()):
		all.Histories[i] = h
	}
}

func (a *app) readImport(name string, parse parser) (importer.Batch, error) {
	if name == "-" {
		return parse("input", a.In)
	}
	file, err := os.Open(name)
	if err != nil {
		return importer.Batch{}, errors.Unwrap(err)
	}
	defer func() { _ = file.Close() }()
	return parse(name, file)
}

// importPaths lists the files to read: those named, and those in directories
// that look like histories.
func importPaths(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		info, err := os.Stat(name)
		if name == "-" || err == nil && !info.IsDir() {
			files = append(files, name)
			continue
		}
		if err != nil {
			return nil, fault.FieldUsagef("file", "%s: %w", name, errors.Unwrap(err))
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		before := len(files)
		for _, entry := range entries {
			ending := filepath.Ext(strings.TrimSuffix(entry.Name(), ".gz"))
			if !entry.IsDir() && slices.Contains([]string{".json", ".jsonl", ".ndjson", ".atom", ".xml"}, ending) {
				files = append(files, filepath.Join(name, entry.Name()))
			}
		}
		if len(files) == before {
			return nil, fault.FieldUsagef("file", "%s holds no .json, .jsonl or .atom files", name)
		}
	}
	return files, nil
}
