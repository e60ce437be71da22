package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

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
	return group("import", "Bring in histories from elsewhere", a.importStatuspageCommand(), a.importTimelineCommand())
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
		Use: "statuspage FILE|DIR…", Short: "Import incidents from a status page", Args: atLeast(1),
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
		Use: "timeline FILE|DIR…", Short: "Import timelines that people transcribed, one incident a file", Args: atLeast(1),
		Long: `Import timelines: one JSON object a line with at, kind, actor and text; plain or
gzip. Each file is one incident, known by the file's name, so that repeating an
import adds only what is new. - is the input.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.title != "" && len(args) > 1 {
				return fault.FieldUsagef("title", "--title is for a single file")
			}
			return a.importFiles(cmd.Context(), f, args, func(name string, in io.Reader) (importer.Batch, error) {
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
	if !f.noComponents && len(work.Components) > 0 {
		if report.Components, err = a.addComponents(ctx, s, work.Components); err != nil {
			return err
		}
	}
	sending := a.sendHistories(ctx, s, work, f.parallel, &report)
	if printing := a.printImport(p, report, work, false); printing != nil {
		return printing
	}
	switch {
	case report.Interrupted:
		return fault.Refusedf("interrupted after %d of %d histories; repeat the command: what is there already is not imported twice",
			report.Imported+report.Existed, report.Histories)
	case sending != nil:
		return sending
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
	for _, name := range files {
		if ctx.Err() != nil {
			return importer.Batch{}, nil, fault.Refusedf("interrupted while reading; nothing was sent")
		}
		batch, err := a.readImport(name, parse)
		if name == "-" {
			name = "input"
		}
		if err != nil {
			if !f.skipBroken {
				return importer.Batch{}, nil, fault.FieldUsagef("file", "%s: %w; nothing was sent", name, err)
			}
			skipped = append(skipped, view.SkippedLine{File: name, Error: err.Error()})
			continue
		}
		for _, problem := range batch.Problems {
			skipped = append(skipped, view.SkippedLine{File: name, Line: problem.Line, Error: problem.Err.Error()})
		}
		all.Components = append(all.Components, batch.Components...)
		for _, h := range batch.Histories {
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
