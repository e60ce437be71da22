package resourcefile

import (
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/catalog"
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
// status_pages, people.
func Kind(text string) (string, bool) {
	kind, ok := catalog.FindKind(text)
	return kind.Name, ok
}

// fold makes words equal that differ in case or in how their parts are joined.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
