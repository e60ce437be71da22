package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// empty lists names that say where code was put instead of what it provides.
func empty() []string {
	return []string{
		"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types",
		"misc", "base", "shared", "lib", "core", "internal",
	}
}

// Names finds packages whose name says nothing.
func Names(root fs.FS) ([]Violation, error) {
	files, err := sources(root, ".", parser.PackageClauseOnly)
	if err != nil {
		return nil, err
	}
	var violations []Violation
	for _, file := range files {
		name := strings.TrimSuffix(file.file.Name.Name, "_test")
		if slices.Contains(empty(), name) {
			violations = append(violations, Violation{
				Path: file.path,
				Rule: fmt.Sprintf("package %s: name it after what it provides", name),
			})
		}
	}
	return violations, nil
}

// Docs finds packages without a doc.go whose comment begins as godoc expects:
// "Package name" or, for a program, "Command name". Generated packages and those
// that hold nothing but tests need none.
func Docs(root fs.FS) ([]Violation, error) {
	files, err := sources(root, ".", parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	documented := map[string]bool{}
	for _, file := range files {
		dir := path.Dir(file.path)
		if file.test() || ast.IsGenerated(file.file) {
			continue
		}
		documented[dir] = documented[dir] || path.Base(file.path) == "doc.go" && introduces(file)
	}
	var violations []Violation
	for dir, ok := range documented {
		if !ok {
			violations = append(violations, Violation{
				Path: dir,
				Rule: `no doc.go with a comment that begins with "Package …" or "Command …"`,
			})
		}
	}
	slices.SortFunc(violations, func(a, b Violation) int { return strings.Compare(a.Path, b.Path) })
	return violations, nil
}

// introduces reports whether a file's package comment begins with its name.
func introduces(file source) bool {
	name := file.file.Name.Name
	if name == "main" {
		return strings.HasPrefix(file.file.Doc.Text(), "Command ")
	}
	return strings.HasPrefix(file.file.Doc.Text(), "Package "+name+" ")
}
