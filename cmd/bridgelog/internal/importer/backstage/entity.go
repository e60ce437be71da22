package backstage

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds one file, in bytes.
const maxFile = 8 << 20

// Entity is one descriptor, as far as it matters here.
type Entity struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace"`
		Title       string            `yaml:"title"`
		Description string            `yaml:"description"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
		Links       []Link            `yaml:"links"`
	} `yaml:"metadata"`
	Spec struct {
		Lifecycle    string   `yaml:"lifecycle"`
		Owner        string   `yaml:"owner"`
		DependsOn    []string `yaml:"dependsOn"`
		DependencyOf []string `yaml:"dependencyOf"`
		// Of groups and users.
		Parent   string   `yaml:"parent"`
		Members  []string `yaml:"members"`
		MemberOf []string `yaml:"memberOf"`
		Profile  struct {
			DisplayName string `yaml:"displayName"`
			Email       string `yaml:"email"`
		} `yaml:"profile"`
	} `yaml:"spec"`

	// File and Line say where it stands.
	File string `yaml:"-"`
	Line int    `yaml:"-"`
}

// Link is something to open.
type Link struct {
	URL   string `yaml:"url"`
	Title string `yaml:"title"`
	Type  string `yaml:"type"`
}

// Parse reads the descriptors of a file. Documents of other systems are refused:
// whoever names a file means that file.
func Parse(r io.Reader, file string) ([]Entity, error) {
	decoder := yaml.NewDecoder(io.LimitReader(r, maxFile))
	var all []Entity
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
			continue
		}
		var probe struct {
			APIVersion string `yaml:"apiVersion"`
		}
		if err := document.Decode(&probe); err != nil || !strings.HasPrefix(probe.APIVersion, "backstage.io/") {
			return nil, fmt.Errorf("%s:%d: this is no descriptor of Backstage: apiVersion has to begin with backstage.io/", file, document.Line)
		}
		e := Entity{File: file, Line: document.Content[0].Line}
		if err := document.Decode(&e); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if e.Metadata.Name == "" {
			return nil, fmt.Errorf("%s:%d: metadata.name is missing", file, e.Line)
		}
		all = append(all, e)
	}
}

// reference is what names another entity: [kind:][namespace/]name.
type reference struct{ kind, name string }

// parse reads a reference; kind is used where it states none.
func parse(text, kind string) reference {
	if before, after, ok := strings.Cut(text, ":"); ok {
		kind, text = strings.ToLower(before), after
	}
	if namespace, name, ok := strings.Cut(text, "/"); ok {
		text = qualified(namespace, name)
	}
	return reference{kind, text}
}

// qualified is the name of a resource: that of the entity, after its namespace where
// it is in one.
func qualified(namespace, name string) string {
	if namespace == "" || namespace == "default" {
		return name
	}
	return namespace + "." + name
}

func (e *Entity) name() string { return qualified(e.Metadata.Namespace, e.Metadata.Name) }
