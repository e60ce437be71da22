package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Bounds of what is parsed.
const (
	maxDocument  = 8 << 20 // bytes of one file
	maxDocuments = 10000   // documents in one file
)

// Parse reads the documents of one file: kind, name and spec, separated by "---".
// It is strict: unknown and repeated fields, anchors and merges are refused. The
// error is [Violations], each with the place as "file:line" and the field. Only
// Kind, Name and Spec of the resources are set; bounds and references are Plan's
// to check.
func Parse(file string, data []byte) ([]*Resource, error) {
	p := parser{file: file}
	if len(data) > maxDocument {
		p.fail(1, "", "too_large", fmt.Sprintf("the file has %d bytes and %d are allowed: split it", len(data), maxDocument))
		return nil, p.found
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var resources []*Resource
	for range maxDocuments + 1 { // the last finds the end
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return resources, p.found.orNil()
		}
		if err != nil {
			p.syntax(err)
			return nil, p.found
		}
		if r := p.document(&document); r != nil {
			resources = append(resources, r)
		}
	}
	p.fail(1, "", "too_many", fmt.Sprintf("the file has more than %d documents: split it", maxDocuments))
	return nil, p.found
}

type parser struct {
	file  string
	found Violations
}

func (p *parser) fail(line int, field, reason, message string) {
	if len(p.found) >= maxViolations {
		return
	}
	p.found = append(p.found, Violation{Resource: fmt.Sprintf("%s:%d", p.file, line), Field: field, Reason: reason, Message: message})
}

// syntax reports what the YAML parser said, whose messages begin "yaml: line 3: ".
func (p *parser) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if _, scanErr := fmt.Sscanf(text, "line %d: ", &line); scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	p.fail(max(line, 1), "", "not_yaml", "this is not YAML: "+text)
}

// document reads one document; nil when it is empty or wrong.
func (p *parser) document(n *yaml.Node) *Resource {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	if n.Kind == 0 || n.ShortTag() == "!!null" {
		return nil
	}
	parts, ok := p.pairs(n, "")
	if !ok {
		return nil
	}
	var r Resource
	var spec, kindNode *yaml.Node
	for _, part := range parts {
		switch part.key.Value {
		case "kind":
			kindNode = part.value
			r.Kind = p.text(part.value, "kind")
		case "name":
			r.Name = p.text(part.value, "name")
		case "spec":
			spec = part.value
		default:
			p.unknown(part.key, part.key.Value, []string{"kind", "name", "spec"})
		}
	}
	return p.resource(n, &r, kindNode, spec)
}

func (p *parser) resource(n *yaml.Node, r *Resource, kindNode, spec *yaml.Node) *Resource {
	if kindNode == nil {
		p.fail(n.Line, "kind", "required", "kind is missing: say which kind of resource this is, for example Service")
		return nil
	}
	if r.Name == "" {
		p.fail(n.Line, "name", "required", "name is missing")
	}
	k, known := FindKind(r.Kind)
	if !known {
		p.fail(kindNode.Line, "kind", "unknown_kind", quote(clip(r.Kind))+" is no kind of resource: use "+kindTitles())
		return nil
	}
	r.Kind, r.Spec = k.Name, &catalogv1.Spec{}
	m := r.Spec.ProtoReflect()
	field := m.Descriptor().Fields().ByName(protoreflect.Name(k.Name))
	body := m.Mutable(field).Message()
	if spec != nil && spec.ShortTag() != "!!null" {
		p.message(body, spec, "spec")
	}
	return r
}

func kindTitles() string {
	var titles []string
	for _, k := range Kinds() {
		titles = append(titles, k.Title)
	}
	return strings.Join(titles, ", ")
}

// pair is one entry of a mapping.
type pair struct{ key, value *yaml.Node }

// pairs takes a mapping apart. It refuses what is no mapping, and names that are
// repeated, merged, or no text.
func (p *parser) pairs(n *yaml.Node, field string) ([]pair, bool) {
	if n.Kind != yaml.MappingNode {
		p.fail(n.Line, field, "not_a_mapping", "a mapping is wanted here: name: value")
		return nil, false
	}
	seen := map[string]bool{}
	var parts []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge":
			p.fail(key.Line, field, "not_a_name", "a plain name is wanted here; anchors and merges are not supported")
			continue
		case seen[key.Value]:
			p.fail(key.Line, join(field, key.Value), "twice", "this field is given twice")
			continue
		}
		seen[key.Value] = true
		parts = append(parts, pair{key, n.Content[i+1]})
	}
	return parts, true
}

// text reads a plain value; a number or date is taken as it is written.
func (p *parser) text(n *yaml.Node, field string) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		p.fail(n.Line, field, "not_text", "text is wanted here")
		return ""
	}
	return n.Value
}

// unknown refuses a field and names the one that may have been meant.
func (p *parser) unknown(n *yaml.Node, field string, known []string) {
	message := "there is no such field: use " + strings.Join(known, ", ")
	if near := Nearest(n.Value, known); len(near) > 0 {
		message = "there is no such field: did you mean " + near[0] + "?"
	}
	p.fail(n.Line, field, "unknown_field", message)
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }
