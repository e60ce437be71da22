package incidenttest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Source parses the files of the domain, without its tests. names are those of a
// folder, read returns what one holds.
func Source(names []string, read func(name string) ([]byte, error)) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range names {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("read the domain: %w", err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse the domain: %w", err)
		}
		files = append(files, file)
	}
	return files, nil
}

var code = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,30}$`)

// Words returns, sorted, the short constants in the source of the domain, such as
// "secret": codes that commands may have to carry.
func Words(files []*ast.File) []string {
	found := map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil && code.MatchString(text) {
					found[text] = true
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}
