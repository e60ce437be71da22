package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// Module is the path that every import of this repository begins with.
const Module = "github.com/bridgelog/bridgelog/"

// Violation is one place where a rule is broken.
type Violation struct {
	// Path is the file or folder, relative to the repository's root.
	Path string
	// Rule says what is wrong there, as a sentence that names the remedy.
	Rule string
}

// String returns the violation as a line for a test's output.
func (v Violation) String() string { return v.Path + ": " + v.Rule }

// source is one parsed Go file.
type source struct {
	path string // relative to the root, with slashes
	file *ast.File
}

// test reports whether the file is only compiled for tests.
func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// imports returns the file's import paths.
func (s source) imports() []string {
	paths := make([]string, 0, len(s.file.Imports))
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// sources parses every Go file under dir with the given mode. Folders that hold
// no code of ours (hidden ones, testdata, node_modules) are passed over, and so
// is a dir that does not exist.
func sources(root fs.FS, dir string, mode parser.Mode) ([]source, error) {
	var found []source
	files := token.NewFileSet()
	err := fs.WalkDir(root, dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(files, name, content, mode)
		if err != nil {
			return err
		}
		found = append(found, source{path: name, file: file})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("parse Go files of %s: %w", dir, err)
	}
	return found, nil
}

// skipped reports whether a folder holds no Go code of this repository.
func skipped(dir string) bool {
	base := path.Base(dir)
	return base == "testdata" || base == "node_modules" || (len(base) > 1 && base[0] == '.')
}
