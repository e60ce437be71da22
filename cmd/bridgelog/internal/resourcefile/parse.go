package resourcefile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Parsed is one resource and where it stands.
type Parsed struct {
	// Resource has kind, name and spec.
	Resource *catalogv1.Resource
	// File and Line say where it begins.
	File string
	Line int

	node *yaml.Node
}

// Parse reads all documents of a file. The error joins every [*Problem], so that
// all of them can be mended at once.
func Parse(r io.Reader, file string) ([]Parsed, error) {
	decoder := yaml.NewDecoder(r)
	var out []Parsed
	var problems error
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return out, problems
		}
		if err != nil {
			return out, errors.Join(problems, fmt.Errorf("%s: %w", file, err))
		}
		parsed, err := root(&document, place{file: file})
		out, problems = append(out, parsed...), errors.Join(problems, err)
	}
}

// root reads one document: a resource, a list of them, or nothing.
func root(document *yaml.Node, p place) ([]Parsed, error) {
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		return nil, nil
	}
	node := document.Content[0]
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return nil, nil
	}
	if list := child(node, "resources"); list != nil {
		node = list
	}
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	var out []Parsed
	var problems error
	for _, n := range nodes {
		r, err := resource(n, p)
		if err != nil {
			problems = errors.Join(problems, err)
			continue
		}
		out = append(out, Parsed{Resource: r, File: p.file, Line: n.Line, node: n})
	}
	return out, problems
}

// child is the value under a key of a mapping; nil when there is none.
func child(node *yaml.Node, key string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

func resource(node *yaml.Node, p place) (*catalogv1.Resource, error) {
	if node.Kind != yaml.MappingNode {
		return nil, p.at(node, "a resource is a mapping with kind, name and spec")
	}
	kindNode, nameNode, specNode := child(node, "kind"), child(node, "name"), child(node, "spec")
	switch {
	case kindNode == nil:
		return nil, p.at(node, "the kind is missing: use one of %s", strings.Join(Kinds(), ", "))
	case nameNode == nil || nameNode.Kind != yaml.ScalarNode || nameNode.Value == "":
		return nil, p.at(node, "the name of this %s is missing", kindNode.Value)
	}
	kind, ok := Kind(kindNode.Value)
	if !ok {
		return nil, p.at(kindNode, "unknown kind %q: use one of %s", kindNode.Value, strings.Join(Kinds(), ", "))
	}
	p.resource = kind + "/" + nameNode.Value
	if err := onlyKnown(node, p); err != nil {
		return nil, err
	}
	spec := &catalogv1.Spec{}
	message := spec.ProtoReflect()
	body := message.Mutable(kindFields().ByName(protoreflectName(kind))).Message()
	if specNode != nil && specNode.Tag != "!!null" {
		if err := fill(body, specNode, p); err != nil {
			return nil, err
		}
	}
	return &catalogv1.Resource{Kind: kind, Name: nameNode.Value, Spec: spec}, nil
}

// onlyKnown refuses keys beside kind, name, spec and those that the server sets.
func onlyKnown(node *yaml.Node, p place) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		switch key := node.Content[i]; key.Value {
		case "kind", "name", "spec", "id", "revision", "managed_by", "updated_time":
		default:
			return p.at(key, "unknown key %q: a resource has kind, name and spec", key.Value)
		}
	}
	return nil
}
