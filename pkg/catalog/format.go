package catalog

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Format writes resources as the documents that [Parse] reads, separated by
// "---".
func Format(w io.Writer, resources []*Resource) error {
	for i, r := range resources {
		title := r.Kind
		if k, ok := FindKind(r.Kind); ok {
			title = k.Title
		}
		document := mapping(
			scalar("!!str", "kind"), scalar("!!str", title),
			scalar("!!str", "name"), scalar("!!str", r.Name),
			scalar("!!str", "spec"), specNode(r.Spec),
		)
		var b bytes.Buffer
		if i > 0 {
			b.WriteString("---\n")
		}
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		if err := e.Encode(document); err != nil {
			return fmt.Errorf("format %s: %w", r.Key(), err)
		}
		if _, err := w.Write(b.Bytes()); err != nil {
			return fmt.Errorf("format %s: %w", r.Key(), err)
		}
	}
	return nil
}

// specNode is the content of the kind's own message.
func specNode(spec *catalogv1.Spec) *yaml.Node {
	m := spec.ProtoReflect()
	field := m.WhichOneof(specOneof(m.Descriptor()))
	if field == nil {
		return mapping()
	}
	return messageNode(m.Get(field).Message())
}

func messageNode(m protoreflect.Message) *yaml.Node {
	node := mapping()
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if m.Has(field) {
			node.Content = append(node.Content, scalar("!!str", string(field.Name())), fieldNode(field, m.Get(field)))
		}
	}
	return node
}

func fieldNode(field protoreflect.FieldDescriptor, v protoreflect.Value) *yaml.Node {
	switch {
	case field.IsList():
		node := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.List().Len() {
			node.Content = append(node.Content, valueNode(field, v.List().Get(i)))
		}
		return node
	case field.IsMap():
		return mapNode(field, v.Map())
	}
	return valueNode(field, v)
}

func valueNode(field protoreflect.FieldDescriptor, v protoreflect.Value) *yaml.Node {
	switch field.Kind() {
	case protoreflect.MessageKind:
		switch m := v.Message().Interface().(type) {
		case *timestamppb.Timestamp:
			return scalar("!!timestamp", m.AsTime().Format(time.RFC3339Nano))
		case *durationpb.Duration:
			return scalar("!!str", m.AsDuration().String())
		}
		return messageNode(v.Message())
	case protoreflect.EnumKind:
		return scalar("!!str", enumWord(field.Enum(), v.Enum()))
	case protoreflect.BoolKind:
		return scalar("!!bool", strconv.FormatBool(v.Bool()))
	case protoreflect.StringKind:
		return scalar("!!str", v.String())
	case protoreflect.DoubleKind:
		return scalar("!!float", strconv.FormatFloat(v.Float(), 'g', -1, 64))
	default:
		return scalar("!!int", v.String())
	}
}

func mapping(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: content}
}

// scalar returns a node whose style lets it be read back as what it is: text that
// looks like a number is quoted.
func scalar(tag, value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode}
	if tag == "!!str" {
		n.SetString(value)
		return n
	}
	n.Tag, n.Value = tag, value
	return n
}
