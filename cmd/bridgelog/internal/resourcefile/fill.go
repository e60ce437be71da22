package resourcefile

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

func protoreflectName(s string) protoreflect.Name { return protoreflect.Name(s) }

// fill sets the fields of a message from a mapping.
func fill(m protoreflect.Message, node *yaml.Node, p place) error {
	if node.Kind != yaml.MappingNode {
		return p.at(node, "expected a mapping")
	}
	var problems error
	seen := map[protoreflect.Name]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		field := findField(m.Descriptor(), key.Value)
		switch {
		case field == nil:
			problems = errors.Join(problems, p.at(key, "unknown field %q: %s", key.Value, known(m.Descriptor())))
		case seen[field.Name()]:
			problems = errors.Join(problems, p.at(key, "%q is given twice", key.Value))
		default:
			seen[field.Name()] = true
			problems = errors.Join(problems, set(m, field, value, p.in(string(field.Name()))))
		}
	}
	return problems
}

// findField accepts snake_case and camelCase.
func findField(d protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if f := d.Fields().ByName(protoreflect.Name(name)); f != nil {
		return f
	}
	return d.Fields().ByJSONName(name)
}

func known(d protoreflect.MessageDescriptor) string {
	names := make([]string, d.Fields().Len())
	for i := range names {
		names[i] = string(d.Fields().Get(i).Name())
	}
	return "use one of " + strings.Join(names, ", ")
}

func set(m protoreflect.Message, field protoreflect.FieldDescriptor, node *yaml.Node, p place) error {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Tag == "!!null" {
		return nil
	}
	switch {
	case field.IsMap():
		return setMap(m.Mutable(field).Map(), node, p)
	case field.IsList():
		nodes := []*yaml.Node{node}
		if node.Kind == yaml.SequenceNode {
			nodes = node.Content
		}
		list := m.Mutable(field).List()
		for i, n := range nodes {
			value, err := one(list.NewElement, field, n, p.item(i))
			if err != nil {
				return err
			}
			list.Append(value)
		}
		return nil
	}
	value, err := one(func() protoreflect.Value { return m.NewField(field) }, field, node, p)
	if err == nil {
		m.Set(field, value)
	}
	return err
}

// one reads one value, which may be a mapping of its own.
func one(empty func() protoreflect.Value, field protoreflect.FieldDescriptor, node *yaml.Node, p place) (protoreflect.Value, error) {
	if field.Kind() == protoreflect.MessageKind && field.Message().ParentFile().Package() != "google.protobuf" {
		value := empty()
		return value, fill(value.Message(), node, p)
	}
	return scalar(field, node, p)
}

// setMap fills a map from text to text.
func setMap(m protoreflect.Map, node *yaml.Node, p place) error {
	if node.Kind != yaml.MappingNode {
		return p.at(node, "expected a mapping of names to values")
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if value.Kind != yaml.ScalarNode {
			return p.at(value, "the value of %q must be a text", key.Value)
		}
		m.Set(protoreflect.ValueOfString(key.Value).MapKey(), protoreflect.ValueOfString(value.Value))
	}
	return nil
}

func scalar(field protoreflect.FieldDescriptor, node *yaml.Node, p place) (protoreflect.Value, error) {
	if node.Kind != yaml.ScalarNode {
		return protoreflect.Value{}, p.at(node, "expected one value")
	}
	text := node.Value
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text), nil
	case protoreflect.BoolKind:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return protoreflect.Value{}, p.at(node, "%q is neither true nor false", text)
		}
		return protoreflect.ValueOfBool(b), nil
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return protoreflect.Value{}, p.at(node, "%q is no whole number that fits", text)
		}
		return protoreflect.ValueOfInt32(int32(n)), nil
	case protoreflect.DoubleKind:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return protoreflect.Value{}, p.at(node, "%q is no number", text)
		}
		return protoreflect.ValueOfFloat64(f), nil
	case protoreflect.EnumKind:
		return enum(field.Enum(), node, p)
	case protoreflect.MessageKind:
		return wellKnown(field.Message(), node, p)
	default:
		return protoreflect.Value{}, p.at(node, "this client cannot read a field of kind %s", field.Kind())
	}
}

// enum finds a value by people's words.
func enum(d protoreflect.EnumDescriptor, node *yaml.Node, p place) (protoreflect.Value, error) {
	if d.Name() == "Severity" {
		severity, err := incident.ParseSeverity(node.Value)
		if err != nil {
			return protoreflect.Value{}, p.at(node, "%s", err)
		}
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(severity)), nil
	}
	var words []string
	wanted := fold(node.Value)
	for i := range d.Values().Len() {
		v := d.Values().Get(i)
		word := enumWord(d, v)
		if fold(word) == wanted || string(v.Name()) == node.Value {
			return protoreflect.ValueOfEnum(v.Number()), nil
		}
		if v.Number() != 0 {
			words = append(words, word)
		}
	}
	return protoreflect.Value{}, p.at(node, "unknown value %q: use one of %s", node.Value, strings.Join(words, ", "))
}

// enumWord is a value's name without the prefix that protobuf demands.
func enumWord(d protoreflect.EnumDescriptor, v protoreflect.EnumValueDescriptor) string {
	zero := string(d.Values().ByNumber(0).Name())
	return strings.ToLower(strings.TrimPrefix(string(v.Name()), strings.TrimSuffix(zero, "UNSPECIFIED")))
}

// wellKnown reads lengths of time and times.
func wellKnown(d protoreflect.MessageDescriptor, node *yaml.Node, p place) (protoreflect.Value, error) {
	switch d.FullName() {
	case "google.protobuf.Duration":
		length, ok := timeparse.Length(node.Value)
		if !ok {
			return protoreflect.Value{}, p.at(node, "%q is no length of time: use for example 30m, 2h or 7d", node.Value)
		}
		return protoreflect.ValueOfMessage(durationpb.New(length).ProtoReflect()), nil
	case "google.protobuf.Timestamp":
		at, err := time.Parse(time.RFC3339, node.Value)
		if err != nil {
			return protoreflect.Value{}, p.at(node, "%q is no time: use RFC 3339, for example 2027-01-31T00:00:00Z", node.Value)
		}
		return protoreflect.ValueOfMessage(timestamppb.New(at).ProtoReflect()), nil
	}
	return protoreflect.Value{}, p.at(node, "this client cannot read a %s", d.FullName())
}
