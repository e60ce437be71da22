package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"io/fs"
	"slices"
	"strings"
)

// Domain is the folder of the domain: pure functions over values.
const Domain = "pkg/incident"

// impure lists packages of the standard library through which a clock, chance or
// the outside world would enter the domain.
func impure() []string {
	return []string{
		"context", "crypto/rand", "database/sql", "io/fs", "log", "log/slog", "math/rand",
		"math/rand/v2", "net", "net/http", "os", "os/exec", "os/signal", "runtime", "sync",
		"sync/atomic", "syscall", "testing",
	}
}

// Purity finds imports of the domain that are not in the standard library or that
// do I/O, and calls that read the clock. Test files are not held to it.
func Purity(root fs.FS) ([]Violation, error) {
	files, err := sources(root, Domain, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var violations []Violation
	for _, file := range files {
		if file.test() {
			continue
		}
		for _, imported := range file.imports() {
			if rule := foreign(imported); rule != "" {
				violations = append(violations, Violation{Path: file.path, Rule: rule})
			}
		}
		for _, call := range clockCalls(file.file) {
			violations = append(violations, Violation{
				Path: file.path,
				Rule: fmt.Sprintf("reads the clock by time.%s: times arrive in commands", call),
			})
		}
	}
	return violations, nil
}

// foreign says why the domain may not import a package, or nothing.
func foreign(imported string) string {
	switch {
	case strings.HasPrefix(imported, Module+Domain):
		return ""
	case strings.Contains(first(imported), "."):
		return fmt.Sprintf("the domain imports %s: it has the standard library only", imported)
	case slices.Contains(impure(), imported):
		return fmt.Sprintf("the domain imports %s: it is pure", imported)
	}
	return ""
}

// clockCalls returns the names of the functions of package time that a file uses
// to read the clock or to wait.
func clockCalls(file *ast.File) []string {
	var calls []string
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); !ok || pkg.Name != "time" {
			return true
		}
		switch selector.Sel.Name {
		case "Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker":
			calls = append(calls, selector.Sel.Name)
		}
		return true
	})
	return calls
}
