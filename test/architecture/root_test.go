package architecture_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bridgelog/bridgelog/test/architecture"
)

// rule is one of the package's checks.
type rule func(fs.FS) ([]architecture.Violation, error)

// root is the repository: tests of a package run in its folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.work")); err != nil {
		t.Fatalf("find the root of the repository: %v", err)
	}
	return dir
}

// holds fails the test for each place in the repository that breaks the rule.
func holds(t *testing.T, check rule) {
	t.Helper()
	violations, err := check(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range violations {
		t.Error(violation)
	}
}

// finds fails the test unless the rule reports exactly the paths in want, in any
// order, for a tree of the given files.
func finds(t *testing.T, check rule, files map[string]string, want ...string) {
	t.Helper()
	tree := fstest.MapFS{}
	for name, content := range files {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	violations, err := check(tree)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, violation := range violations {
		got = append(got, violation.Path)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found in\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// importing returns a Go file that imports one package.
func importing(path string) string {
	return "package x\n\nimport _ \"" + path + "\"\n"
}
