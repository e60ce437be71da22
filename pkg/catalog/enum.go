package catalog

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

const severityEnum = "incident.v1.Severity"

// enumWord is a value as people write it: SEV-1, manager, list.
func enumWord(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	if e.FullName() == severityEnum {
		return incident.Severity(n).String()
	}
	value := e.Values().ByNumber(n)
	if value == nil {
		return string(e.Name())
	}
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), enumPrefix(e)))
}

// enumValue reads what enumWord writes, without regard to case, '-' or '_', and
// the other spellings of severities.
func enumValue(e protoreflect.EnumDescriptor, word string) (protoreflect.EnumNumber, bool) {
	if e.FullName() == severityEnum {
		s, err := incident.ParseSeverity(word)
		return protoreflect.EnumNumber(s), err == nil
	}
	wanted := strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(strings.TrimSpace(word)))
	for i := range e.Values().Len() {
		value := e.Values().Get(i)
		if value.Number() != 0 && strings.TrimPrefix(string(value.Name()), enumPrefix(e)) == wanted {
			return value.Number(), true
		}
	}
	return 0, false
}

// enumWords lists what can be written.
func enumWords(e protoreflect.EnumDescriptor) []string {
	var words []string
	for i := range e.Values().Len() {
		if n := e.Values().Get(i).Number(); n != 0 {
			words = append(words, enumWord(e, n))
		}
	}
	return words
}

// enumPrefix is what the style of protos puts before each value: the name of the
// enum in upper case, that of its zero value without UNSPECIFIED.
func enumPrefix(e protoreflect.EnumDescriptor) string {
	return strings.TrimSuffix(string(e.Values().ByNumber(0).Name()), "UNSPECIFIED")
}

// mapNode writes a map by its keys, so that the same map is always the same text.
func mapNode(field protoreflect.FieldDescriptor, m protoreflect.Map) *yaml.Node {
	entries := map[string]protoreflect.Value{}
	m.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		entries[k.String()] = v
		return true
	})
	node := mapping()
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		node.Content = append(node.Content, scalar("!!str", key), valueNode(field.MapValue(), entries[key]))
	}
	return node
}
