package incident_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// source parses the domain itself.
func source(t testing.TB) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := incidenttest.Source(names, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Whatever has a rule is a command that Commands lists: the tests that drive every
// command, and the page of events, know commands by that list alone.
func TestCommandsListsEveryRule(t *testing.T) {
	var ruled, listed []string
	for _, file := range source(t) {
		for _, declaration := range file.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Name.Name != "decide" || method.Recv == nil {
				continue
			}
			if receiver, named := method.Recv.List[0].Type.(*ast.Ident); named {
				ruled = append(ruled, receiver.Name)
			}
		}
	}
	names := map[string]bool{}
	for _, cmd := range incident.Commands() {
		listed = append(listed, reflect.TypeOf(cmd).Name())
		if names[cmd.Name()] {
			t.Errorf("two commands are called %s", cmd.Name())
		}
		names[cmd.Name()] = true
	}
	slices.Sort(ruled)
	slices.Sort(listed)
	if !slices.Equal(ruled, listed) {
		t.Errorf("commands with a rule: %v\nlisted in Commands:   %v", ruled, listed)
	}
}
