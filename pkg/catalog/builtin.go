package catalog

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/playbook/builtin"
)

// BuiltIn returns the resources of the built-in playbook, by file and place. They
// are made anew by each call and have no ids. The error means that this program was
// built from documents that are wrong, which its tests exclude.
func BuiltIn() ([]*Resource, error) {
	files := builtin.Files()
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the built-in playbook: %w", err)
	}
	slices.Sort(names)
	var all []*Resource
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the built-in playbook: %w", err)
		}
		resources, err := Parse(name, data)
		if err != nil {
			return nil, fmt.Errorf("the built-in playbook: %w", err)
		}
		all = append(all, resources...)
	}
	return all, nil
}

// builtInResources is the built-in playbook by key, read when the first reference
// asks for it.
func (c *checker) builtInResources() map[string]*Resource {
	if c.builtIn != nil {
		return c.builtIn
	}
	c.builtIn = map[string]*Resource{}
	resources, err := BuiltIn()
	if err != nil {
		return c.builtIn // the tests of the built-in playbook exclude it
	}
	for _, r := range resources {
		c.builtIn[r.Key()] = r
	}
	return c.builtIn
}

// find returns what a name refers to: a resource as it would be, or else the
// built-in one; nil when there is none.
func (c *checker) find(kind, name string) *Resource {
	if r := c.byKey[kind+"/"+name]; r != nil {
		return r
	}
	return c.builtInResources()[kind+"/"+name]
}
