package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/playbook/builtin"
)

// writtenFile is one file of `playbook init` for scripts.
type writtenFile struct {
	// File is its path.
	File string `json:"file"`
	// State is "written", "unchanged" or "replaced".
	State string `json:"state"`

	data []byte
}

func (a *app) playbookInitCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "init DIR", Short: "Write the built-in playbook into a folder, to be edited and applied", Args: exactly(1),
		Long: `Write the built-in playbook into a folder as YAML: severities, roles, checklists,
templates, clocks, calendars, categories. Edit the files and apply them:

  bridgelog playbook init playbook
  bridgelog apply -f playbook --dry-run

A file that is there already and differs is shown, and replaced only when you say so.`,
		RunE: func(_ *cobra.Command, args []string) error { return a.playbookInit(args[0], yes) },
	}
	c.Flags().BoolVar(&yes, "yes", false, "replace files that differ without asking")
	return c
}

func (a *app) playbookInit(dir string, yes bool) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	files, err := builtInFiles(dir)
	if err != nil {
		return err
	}
	var preview []output.Block
	for _, f := range files {
		if f.State == "replaced" {
			preview = append(preview, output.Line{output.T(output.Bad, "would replace"), output.T(output.Strong, f.File)})
		}
	}
	if len(preview) > 0 {
		if err := a.confirm(yes, "Replace what is in these files?", preview); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	var blocks []output.Block
	for _, f := range files {
		if f.State != "unchanged" {
			// Others of the team read them, as they read the rest of a repository.
			if err := os.WriteFile(f.File, f.data, 0o644); err != nil { //nolint:gosec // not a secret
				return fmt.Errorf("write the playbook: %w", err)
			}
		}
		blocks = append(blocks, output.Line{output.T(output.Good, f.State), output.T(output.Strong, f.File)})
	}
	blocks = append(blocks, output.Line{output.T(output.Dim, "Edit them, then: bridgelog apply -f "+dir+" --dry-run")})
	return p.Print(output.Document{Value: map[string]any{"files": files}, Blocks: blocks})
}

// builtInFiles compares the built-in files with those in a folder.
func builtInFiles(dir string) ([]writtenFile, error) {
	source := builtin.Files()
	names, err := fs.Glob(source, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the built-in playbook: %w", err)
	}
	files := make([]writtenFile, 0, len(names))
	for _, name := range names {
		data, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, fmt.Errorf("read the built-in playbook: %w", err)
		}
		f := writtenFile{File: filepath.Join(dir, name), State: "written", data: data}
		have, err := os.ReadFile(f.File)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fault.FieldUsagef("dir", "look into the folder: %w", err)
		case bytes.Equal(have, data):
			f.State = "unchanged"
		default:
			f.State = "replaced"
		}
		files = append(files, f)
	}
	return files, nil
}
