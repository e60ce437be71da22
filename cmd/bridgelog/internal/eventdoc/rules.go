package main

import (
	"fmt"
	"go/ast"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// histories is how many histories are explored: enough that another thousand find
// nothing new.
const histories = 4000

// rules are what the domain says of itself.
type rules struct {
	incidenttest.Survey
	// says is the comment of each command, by the command's name.
	says map[string]string
}

// readRules explores the rules and reads the comments of the commands.
func readRules(domain fs.FS) (rules, error) {
	names, err := fs.Glob(domain, "*.go")
	if err != nil {
		return rules{}, fmt.Errorf("list the domain: %w", err)
	}
	files, err := incidenttest.Source(names, func(name string) ([]byte, error) { return fs.ReadFile(domain, name) })
	if err != nil {
		return rules{}, err
	}
	byType := map[string]string{}
	for _, file := range files {
		for _, declaration := range file.Decls {
			types, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range types.Specs {
				if named, isType := spec.(*ast.TypeSpec); isType {
					byType[named.Name.Name] = types.Doc.Text()
				}
			}
		}
	}
	chance := rand.New(rand.NewPCG(41, 41)) //nolint:gosec // the same at each run, on purpose
	r := rules{Survey: incidenttest.Explore(histories, incidenttest.Words(files), chance.IntN), says: map[string]string{}}
	for _, cmd := range incident.Commands() {
		name := reflect.TypeOf(cmd).Name()
		text, _ := strings.CutPrefix(strings.Join(strings.Fields(byType[name]), " "), name+" ")
		r.says[cmd.Name()] = text
	}
	return r, nil
}
