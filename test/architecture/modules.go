package architecture

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Modules returns the folders of the modules that go.work lists, as it lists
// them but without the leading "./".
func Modules(root fs.FS) ([]string, error) {
	content, err := fs.ReadFile(root, "go.work")
	if err != nil {
		return nil, fmt.Errorf("read workspace: %w", err)
	}
	work, err := modfile.ParseWork("go.work", content, nil)
	if err != nil {
		return nil, fmt.Errorf("parse workspace: %w", err)
	}
	var modules []string
	for _, use := range work.Use {
		modules = append(modules, path.Clean(use.Path))
	}
	return modules, nil
}

// Workspace finds modules that go.work does not list, and go.mod files that do
// not name their module by its folder or do not replace a sibling that they
// require by a relative path. Modules of tools and of fixtures are not part of
// the workspace.
func Workspace(root fs.FS) ([]Violation, error) {
	listed, err := Modules(root)
	if err != nil {
		return nil, err
	}
	var violations []Violation
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (skipped(name) || name == "tools"):
			return fs.SkipDir
		case path.Base(name) != "go.mod":
			return nil
		}
		if !slices.Contains(listed, path.Dir(name)) {
			violations = append(violations, Violation{Path: name, Rule: "not listed in go.work"})
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		broken, err := siblings(name, content)
		violations = append(violations, broken...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read modules: %w", err)
	}
	return violations, nil
}

// siblings checks one go.mod file: its own name and how it finds our modules.
func siblings(name string, content []byte) ([]Violation, error) {
	file, err := modfile.Parse(name, content, nil)
	if err != nil {
		return nil, err
	}
	var violations []Violation
	if want := Module + path.Dir(name); file.Module.Mod.Path != want {
		violations = append(violations, Violation{Path: name, Rule: "the module should be called " + want})
	}
	replaced := map[string]string{}
	for _, replace := range file.Replace {
		replaced[replace.Old.Path] = replace.New.Path
	}
	for _, require := range file.Require {
		sibling, ours := strings.CutPrefix(require.Mod.Path, Module)
		if !ours {
			continue
		}
		if target := replaced[require.Mod.Path]; path.Join(path.Dir(name), target) != sibling {
			violations = append(violations, Violation{
				Path: name,
				Rule: fmt.Sprintf("%s is required but not replaced by its folder", require.Mod.Path),
			})
		}
	}
	return violations, nil
}
