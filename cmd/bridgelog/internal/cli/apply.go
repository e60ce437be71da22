package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// applying are the flags of `apply`.
type applying struct {
	files              []string
	dryRun, prune, yes bool
	requestID          string
}

// changeView is one change for scripts.
type changeView struct {
	Change      string   `json:"change"`
	Kind        string   `json:"kind"`
	Name        string   `json:"name"`
	Differences []string `json:"differences"`
}

type applyView struct {
	Changes  []changeView `json:"changes"`
	DryRun   bool         `json:"dry_run"`
	Etag     string       `json:"etag"`
	Position string       `json:"position"`
	System   string       `json:"system"`
}

func (a *app) applyCommand() *cobra.Command {
	var f applying
	c := &cobra.Command{
		Use: "apply -f FILE|DIR…", Short: "Create and change resources from files, all or none", Args: noArgs,
		Long: `Create and change resources from YAML or JSON files. Everything is checked first;
either all of it becomes visible or nothing. --prune also deletes resources that
files manage and these files do not name: that is shown and asked for first.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.apply(cmd.Context(), f) },
	}
	flags := c.Flags()
	flags.StringArrayVarP(&f.files, "file", "f", nil, "file or directory; - is the input; may be repeated")
	flags.BoolVar(&f.dryRun, "dry-run", false, "only say what would change")
	flags.BoolVar(&f.prune, "prune", false, "also delete what files manage and these do not name")
	flags.BoolVar(&f.yes, "yes", false, "do not ask before deleting")
	flags.StringVar(&f.requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	return c
}

func (a *app) apply(ctx context.Context, f applying) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	request, files, err := a.readResources(f)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if f.prune && !f.dryRun && !f.yes {
		if err := a.confirmPrune(ctx, s, request); err != nil {
			return where(fault.From(err), files)
		}
	}
	request.DryRun = f.dryRun
	limited, cancel := a.deadline(ctx)
	defer cancel()
	response, err := s.Catalog.Apply(limited, request)
	if err != nil {
		if f.dryRun {
			return where(fault.From(err), files)
		}
		return where(fault.OfWrite(err, request.GetRequestId()), files)
	}
	v := applyView{
		Changes: changesOf(response.GetChanges()), DryRun: f.dryRun, Etag: response.GetEtag(), Position: response.GetPosition(), System: s.Target.Name,
	}
	return p.Print(output.Document{Value: v, Blocks: append(changeBlocks(v), markBlocks(a.marks(s, nil))...)})
}

// confirmPrune shows what would change and asks when something is deleted. The
// etag makes sure that what was shown is what happens.
func (a *app) confirmPrune(ctx context.Context, s *session, request *catalogv1.ApplyRequest) error {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	request.DryRun = true
	response, err := s.Catalog.Apply(ctx, request)
	if err != nil {
		return err
	}
	v := applyView{Changes: changesOf(response.GetChanges()), DryRun: true}
	request.Etag = response.GetEtag()
	if !slices.ContainsFunc(v.Changes, func(c changeView) bool { return c.Change == "delete" }) {
		return nil
	}
	return a.confirm(false, "Apply this, with what it deletes?", changeBlocks(v))
}

func changesOf(changes []*catalogv1.Change) []changeView {
	out := []changeView{}
	for _, c := range changes {
		v := changeView{Change: view.Word(c.GetChange()), Kind: c.GetKind(), Name: c.GetName(), Differences: c.GetDifferences()}
		if v.Differences == nil {
			v.Differences = []string{}
		}
		out = append(out, v)
	}
	return out
}

func changeBlocks(v applyView) []output.Block {
	if len(v.Changes) == 0 {
		return []output.Block{output.Line{output.P("Nothing to change: all is so already.")}}
	}
	var blocks []output.Block
	for _, c := range v.Changes {
		word := c.Change + "d"
		if v.DryRun {
			word = "would " + c.Change
		}
		blocks = append(blocks, output.Line{output.T(changeTone(c.Change), word), output.T(output.Strong, c.Kind+"/"+c.Name)})
		blocks = append(blocks, differenceBlocks(c.Differences)...)
	}
	return blocks
}

func changeTone(change string) output.Tone {
	if change == "delete" {
		return output.Bad
	}
	return output.Good
}

// differenceBlocks shows differences, one a line.
func differenceBlocks(all []string) []output.Block {
	var lines []string
	for _, d := range all {
		if d != "managed_by: file" { // so is all that comes from files
			lines = append(lines, d)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []output.Block{output.Text(strings.Join(lines, "\n"))}
}

func markBlocks(marks []output.Cell) []output.Block {
	if len(marks) == 0 {
		return nil
	}
	return []output.Block{output.Line(marks)}
}

// readResources reads all files before anything is sent. It also says where each
// resource stands, by "kind/name".
func (a *app) readResources(f applying) (*catalogv1.ApplyRequest, parsedFiles, error) {
	if len(f.files) == 0 {
		return nil, parsedFiles{}, fault.FieldUsagef("file", "which files? bridgelog apply -f DIR")
	}
	var parsed []resourcefile.Parsed
	var problems error
	for _, name := range f.files {
		more, err := a.readResourceFiles(name)
		parsed, problems = append(parsed, more...), errors.Join(problems, err)
	}
	seen := map[string]resourcefile.Parsed{}
	request := &catalogv1.ApplyRequest{RequestId: f.requestID, Prune: f.prune}
	if request.RequestId == "" {
		request.RequestId = a.NewID()
	}
	for _, p := range parsed {
		key := p.Resource.GetKind() + "/" + p.Resource.GetName()
		if other, twice := seen[key]; twice {
			problems = errors.Join(problems, fmt.Errorf("%s:%d: %s stands in %s:%d already", p.File, p.Line, key, other.File, other.Line))
		}
		seen[key] = p
		request.Resources = append(request.Resources, p.Resource)
	}
	if problems != nil {
		return nil, parsedFiles{}, fault.Problems(problems, "nothing was applied")
	}
	if len(request.GetResources()) == 0 {
		return nil, parsedFiles{}, fault.FieldUsagef("file", "these files hold no resources: a resource is a document with kind, name and spec")
	}
	return request, parsedFiles{parsed, seen}, nil
}

// readResourceFiles reads a file, the input, or the YAML and JSON files below a
// directory.
func (a *app) readResourceFiles(name string) ([]resourcefile.Parsed, error) {
	if name == "-" {
		return resourcefile.Parse(a.In, "input")
	}
	var paths []string
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() && (path == name || slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path))) {
			paths = append(paths, path)
		}
		return nil
	})
	if missing, is := errors.AsType[*fs.PathError](err); is {
		return nil, fmt.Errorf("%s: %w", missing.Path, missing.Err)
	}
	if err != nil {
		return nil, err
	}
	return readSideBySide(paths)
}

// readSideBySide reads as many files at once as there are processors. What they hold,
// and what is wrong, stands in their order.
func readSideBySide(paths []string) ([]resourcefile.Parsed, error) {
	parsed, problems := make([][]resourcefile.Parsed, len(paths)), make([]error, len(paths))
	var readers errgroup.Group
	readers.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		readers.Go(func() error {
			parsed[i], problems[i] = readResourceFile(path)
			return nil
		})
	}
	_ = readers.Wait() // each file keeps its own error
	return slices.Concat(parsed...), errors.Join(problems...)
}

func readResourceFile(path string) ([]resourcefile.Parsed, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return resourcefile.Parse(file, path)
}
