package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

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
	request, err := a.readResources(f)
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
			return err
		}
	}
	request.DryRun = f.dryRun
	limited, cancel := a.deadline(ctx)
	defer cancel()
	response, err := s.Catalog.Apply(limited, request)
	if err != nil {
		if f.dryRun {
			return err
		}
		return fault.OfWrite(err, request.GetRequestId())
	}
	v := applyView{
		Changes: changesOf(response), DryRun: f.dryRun, Etag: response.GetEtag(), Position: response.GetPosition(), System: s.Target.Name,
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
	v := applyView{Changes: changesOf(response), DryRun: true}
	request.Etag = response.GetEtag()
	if !slices.ContainsFunc(v.Changes, func(c changeView) bool { return c.Change == "delete" }) {
		return nil
	}
	return a.confirm(false, "Apply this, with what it deletes?", changeBlocks(v))
}

func changesOf(response *catalogv1.ApplyResponse) []changeView {
	out := []changeView{}
	for _, c := range response.GetChanges() {
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
		tone, word := output.Good, c.Change+"d"
		if c.Change == "delete" {
			tone = output.Bad
		}
		if v.DryRun {
			word = "would " + c.Change
		}
		blocks = append(blocks, output.Line{output.T(tone, word), output.T(output.Strong, c.Kind+"/"+c.Name)})
		var differences []string
		for _, d := range c.Differences {
			if d != "managed_by: file" { // so is all that comes from files
				differences = append(differences, d)
			}
		}
		if len(differences) > 0 {
			blocks = append(blocks, output.Text(strings.Join(differences, "\n")))
		}
	}
	return blocks
}

func markBlocks(marks []output.Cell) []output.Block {
	if len(marks) == 0 {
		return nil
	}
	return []output.Block{output.Line(marks)}
}

// readResources reads all files before anything is sent.
func (a *app) readResources(f applying) (*catalogv1.ApplyRequest, error) {
	if len(f.files) == 0 {
		return nil, fault.FieldUsagef("file", "which files? bridgelog apply -f DIR")
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
		return nil, fault.Usagef("%w; nothing was applied", problems)
	}
	if len(request.GetResources()) == 0 {
		return nil, fault.FieldUsagef("file", "these files hold no resources: a resource is a document with kind, name and spec")
	}
	return request, nil
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
	if err != nil {
		return nil, err
	}
	var out []resourcefile.Parsed
	var problems error
	for _, path := range paths {
		parsed, err := readResourceFile(path)
		out, problems = append(out, parsed...), errors.Join(problems, err)
	}
	return out, problems
}

func readResourceFile(path string) ([]resourcefile.Parsed, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return resourcefile.Parse(file, path)
}
