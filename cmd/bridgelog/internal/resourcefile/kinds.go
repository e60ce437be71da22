package resourcefile

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func kindFields() protoreflect.FieldDescriptors {
	return (&catalogv1.Spec{}).ProtoReflect().Descriptor().Oneofs().ByName("kind").Fields()
}

// Kinds lists the kinds of resources, as the system names them.
func Kinds() []string {
	fields := kindFields()
	out := make([]string, fields.Len())
	for i := range fields.Len() {
		out[i] = string(fields.Get(i).Name())
	}
	return out
}

// Kind finds a kind by what a person may write: StatusPage, status-page,
// status_pages.
func Kind(text string) (string, bool) {
	for _, kind := range Kinds() {
		for _, candidate := range []string{text, strings.TrimSuffix(text, "s"), strings.TrimSuffix(text, "people") + "person"} {
			if fold(candidate) == fold(kind) {
				return kind, true
			}
		}
	}
	return "", false
}

// fold makes words equal that differ in case or in how their parts are joined.
func fold(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}
