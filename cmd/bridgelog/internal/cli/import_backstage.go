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
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/backstage"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// importedCatalog is what `import backstage` answers.
type importedCatalog struct {
	applyView

	Warnings []string `json:"warnings"`
}

func (a *app) importBackstageCommand() *cobra.Command {
	var dryRun, createTeams, yes bool
	var requestID string
	c := &cobra.Command{
		Use: "backstage FILE|DIR…", Short: "Import services, teams and people from catalog-info.yaml", Args: someArgs,
		Long: `Import services from the descriptors of Backstage: the files named, and those called
catalog-info.yaml below the folders named. Components and resources become services
with owner, dependencies, links and tier (an annotation or label "…/tier"; what is
not in production counts least); groups become teams, users people without rights.
What the catalog has besides is kept. The difference is shown and asked for first.

An owner that is no team, here or in the catalog, is refused with its place;
--create-teams makes such teams. Dependencies on what nobody knows are left out and
named.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.importBackstage(cmd.Context(), args, backstage.Options{CreateTeams: createTeams}, applying{dryRun: dryRun, yes: yes, requestID: requestID})
		},
	}
	flags := c.Flags()
	flags.BoolVar(&dryRun, "dry-run", false, "only say what would change")
	flags.BoolVar(&createTeams, "create-teams", false, "make teams of owners that nobody knows")
	flags.BoolVar(&yes, "yes", false, "do not ask")
	flags.StringVar(&requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	return c
}

func (a *app) importBackstage(ctx context.Context, names []string, o backstage.Options, f applying) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	entities, err := readDescriptors(names)
	if err != nil {
		return fault.FieldUsagef("file", "%w; nothing was imported", err)
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	for _, kind := range []string{"service", "team", "person"} {
		known, err := a.resources(ctx, s, kind)
		if err != nil {
			return err
		}
		o.Known = append(o.Known, known...)
	}
	result, err := backstage.Convert(entities, o)
	if err != nil {
		return fault.FieldUsagef("file", "%w; nothing was imported", err)
	}
	if f.requestID == "" {
		f.requestID = a.NewID()
	}
	request := &catalogv1.ApplyRequest{Resources: result.Resources, RequestId: f.requestID, DryRun: true}
	view, err := a.applyImported(ctx, s, request, result.Warnings)
	if err != nil {
		return err
	}
	if !f.dryRun && len(view.Changes) > 0 {
		if err := a.confirm(f.yes, "Import this?", importedBlocks(view)); err != nil {
			return err
		}
		request.DryRun, request.Etag = false, view.Etag
		if view, err = a.applyImported(ctx, s, request, result.Warnings); err != nil {
			return err
		}
	}
	return p.Print(output.Document{Value: view, Blocks: append(importedBlocks(view), markBlocks(a.marks(s, nil))...)})
}

func (a *app) applyImported(ctx context.Context, s *session, request *catalogv1.ApplyRequest, warnings []string) (importedCatalog, error) {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Catalog.Apply(ctx, request)
	if err != nil && request.GetDryRun() {
		return importedCatalog{}, err
	}
	if err != nil {
		return importedCatalog{}, fault.OfWrite(err, request.GetRequestId())
	}
	return importedCatalog{Warnings: listed(warnings), applyView: applyView{
		Changes: changesOf(r.GetChanges()), DryRun: request.GetDryRun(), Etag: r.GetEtag(), Position: r.GetPosition(), System: s.Target.Name,
	}}, nil
}

func importedBlocks(v importedCatalog) []output.Block {
	blocks := changeBlocks(v.applyView)
	for _, warning := range v.Warnings {
		blocks = append(blocks, output.Line{output.T(output.Warn, warning)})
	}
	return blocks
}

// readDescriptors reads the files named, and those called catalog-info.yaml below the
// folders named.
func readDescriptors(names []string) ([]backstage.Entity, error) {
	var all []backstage.Entity
	for _, name := range names {
		var paths []string
		err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && (path == name || isDescriptor(path)) {
				paths = append(paths, path)
			}
			return err
		})
		if missing, is := errors.AsType[*fs.PathError](err); is {
			return nil, fmt.Errorf("%s: %w", missing.Path, missing.Err)
		}
		if err == nil && len(paths) == 0 {
			err = errors.New(name + " holds no catalog-info.yaml")
		}
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			entities, err := readDescriptor(path)
			if err != nil {
				return nil, err
			}
			all = append(all, entities...)
		}
	}
	return all, nil
}

func readDescriptor(path string) ([]backstage.Entity, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return backstage.Parse(file, path)
}

func isDescriptor(path string) bool {
	return slices.Contains([]string{"catalog-info.yaml", "catalog-info.yml"}, strings.ToLower(filepath.Base(path)))
}
