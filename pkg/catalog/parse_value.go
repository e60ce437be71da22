package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// message fills a message from a mapping.
func (p *parser) message(m protoreflect.Message, n *yaml.Node, path string) {
	parts, ok := p.pairs(n, path)
	if !ok {
		return
	}
	fields := m.Descriptor().Fields()
	for _, part := range parts {
		where := join(path, part.key.Value)
		field := fields.ByName(protoreflect.Name(part.key.Value))
		if field == nil {
			p.unknown(part.key, where, fieldNames(fields))
			continue
		}
		if part.value.ShortTag() == "!!null" {
			continue // "field:" with nothing is the same as no field
		}
		p.field(m, field, part.value, where)
	}
}

func fieldNames(fields protoreflect.FieldDescriptors) []string {
	names := make([]string, fields.Len())
	for i := range names {
		names[i] = string(fields.Get(i).Name())
	}
	return names
}

func (p *parser) field(m protoreflect.Message, field protoreflect.FieldDescriptor, n *yaml.Node, path string) {
	switch {
	case field.IsList():
		if n.Kind != yaml.SequenceNode {
			p.fail(n.Line, path, "not_a_list", "a list is wanted here: [a, b]")
			return
		}
		list := m.Mutable(field).List()
		for i, item := range n.Content {
			if v, ok := p.value(list.NewElement, field, item, fmt.Sprintf("%s[%d]", path, i)); ok {
				list.Append(v)
			}
		}
	case field.IsMap():
		parts, ok := p.pairs(n, path)
		if !ok {
			return
		}
		entries := m.Mutable(field).Map()
		for _, part := range parts {
			if v, ok := p.value(entries.NewValue, field.MapValue(), part.value, join(path, part.key.Value)); ok {
				entries.Set(protoreflect.ValueOfString(part.key.Value).MapKey(), v)
			}
		}
	default:
		if v, ok := p.value(func() protoreflect.Value { return m.NewField(field) }, field, n, path); ok {
			m.Set(field, v)
		}
	}
}

// value reads one value of the field's kind; false when it was refused.
func (p *parser) value(empty func() protoreflect.Value, field protoreflect.FieldDescriptor, n *yaml.Node, path string) (protoreflect.Value, bool) {
	if field.Kind() == protoreflect.MessageKind && !isWellKnown(field.Message()) {
		v := empty()
		before := len(p.found)
		p.message(v.Message(), n, path)
		return v, len(p.found) == before
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		p.fail(n.Line, path, "not_a_value", "one value is wanted here")
		return protoreflect.Value{}, false
	}
	v, wanted := scalarValue(field, n)
	if wanted != "" {
		p.fail(n.Line, path, "wrong_value", fmt.Sprintf("%s is not %s", quote(clip(n.Value)), wanted))
		return protoreflect.Value{}, false
	}
	return v, true
}

func isWellKnown(d protoreflect.MessageDescriptor) bool {
	return d.FullName() == "google.protobuf.Timestamp" || d.FullName() == "google.protobuf.Duration"
}

// scalarValue reads a value, or says what is wanted instead.
func scalarValue(field protoreflect.FieldDescriptor, n *yaml.Node) (v protoreflect.Value, wanted string) {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(n.Value), ""
	case protoreflect.BoolKind:
		if n.ShortTag() == "!!bool" {
			return protoreflect.ValueOfBool(strings.EqualFold(n.Value, "true")), ""
		}
		return v, "true or false"
	case protoreflect.EnumKind:
		number, ok := enumValue(field.Enum(), n.Value)
		if !ok {
			return v, "one of " + strings.Join(enumWords(field.Enum()), ", ")
		}
		return protoreflect.ValueOfEnum(number), ""
	case protoreflect.Int32Kind:
		number, err := strconv.ParseInt(n.Value, 10, 32)
		if err != nil {
			return v, "a whole number"
		}
		return protoreflect.ValueOfInt32(int32(number)), ""
	case protoreflect.DoubleKind:
		number, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			return v, "a number"
		}
		return protoreflect.ValueOfFloat64(number), ""
	case protoreflect.MessageKind:
		return wellKnown(field.Message(), n)
	default:
		return v, "supported by this version"
	}
}

func wellKnown(d protoreflect.MessageDescriptor, n *yaml.Node) (v protoreflect.Value, wanted string) {
	if d.FullName() == "google.protobuf.Duration" {
		duration, err := time.ParseDuration(n.Value)
		if err != nil {
			return v, "a span of time like 90s, 30m or 12h"
		}
		return protoreflect.ValueOfMessage(durationpb.New(duration).ProtoReflect()), ""
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, n.Value); err == nil {
			stamp := timestamppb.New(t)
			if stamp.CheckValid() == nil {
				return protoreflect.ValueOfMessage(stamp.ProtoReflect()), ""
			}
		}
	}
	return v, "a time like 2026-11-24T10:00:00Z"
}
