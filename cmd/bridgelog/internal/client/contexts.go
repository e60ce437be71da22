package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// ErrNoContext: there is no context of that name.
var ErrNoContext = errors.New("no such context")

// ErrContextName: the name of a context has characters that it may not have.
var ErrContextName = errors.New("a context's name has 1 to 64 letters, digits, '.', '_' or '-'")

// Context is a system that a person has given a name.
type Context struct {
	// Name is what people call it.
	Name string `yaml:"name"`
	// Server is host:port, or a URL with http or https.
	Server string `yaml:"server"`
	// Token is the bearer token.
	Token string `yaml:"token,omitempty"`
	// TLS demands an encrypted connection even on loopback.
	TLS bool `yaml:"tls,omitempty"`
	// CAFile is a file of certificates to trust instead of the machine's.
	CAFile string `yaml:"ca_file,omitempty"`
}

// Contexts is the content of contexts.yaml.
type Contexts struct {
	// Current is the name of the context in use; empty when none is.
	Current string `yaml:"current,omitempty"`
	// Contexts are all of them, in the order in which they were added.
	Contexts []Context `yaml:"contexts"`
}

func contextsPath(dirs Dirs) string { return filepath.Join(dirs.Config, "contexts.yaml") }

// LoadContexts reads contexts.yaml; a missing file holds no contexts.
func LoadContexts(dirs Dirs) (Contexts, error) {
	path := contextsPath(dirs)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Contexts{}, nil
	}
	if err != nil {
		return Contexts{}, fmt.Errorf("read contexts: %w", err)
	}
	var contexts Contexts
	if err := yaml.Unmarshal(data, &contexts); err != nil {
		return Contexts{}, fmt.Errorf("read %s: %w", path, err)
	}
	return contexts, nil
}

// Save writes contexts.yaml with mode 0600.
func (c *Contexts) Save(dirs Dirs) error {
	data, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Errorf("write contexts: %w", err)
	}
	return WriteFile(contextsPath(dirs), data)
}

// Find returns the context of a name, or [ErrNoContext].
func (c *Contexts) Find(name string) (Context, error) {
	for _, known := range c.Contexts {
		if known.Name == name {
			return known, nil
		}
	}
	return Context{}, fmt.Errorf("%q: %w", name, ErrNoContext)
}

// Put adds a context or replaces the one of the same name. It returns
// [ErrContextName].
func (c *Contexts) Put(context Context) error {
	if !regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`).MatchString(context.Name) {
		return fmt.Errorf("%q: %w", context.Name, ErrContextName)
	}
	at := slices.IndexFunc(c.Contexts, func(known Context) bool { return known.Name == context.Name })
	if at < 0 {
		c.Contexts = append(c.Contexts, context)
		return nil
	}
	c.Contexts[at] = context
	return nil
}

// Remove takes a context away, or returns [ErrNoContext].
func (c *Contexts) Remove(name string) error {
	if _, err := c.Find(name); err != nil {
		return err
	}
	c.Contexts = slices.DeleteFunc(c.Contexts, func(known Context) bool { return known.Name == name })
	if c.Current == name {
		c.Current = ""
	}
	return nil
}
