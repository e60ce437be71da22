package archive

import (
	"bytes"
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	// The schemas of stored events, found by name.
	_ "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/log/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// readable turns stored bytes into JSON by the schema that an event's type
// names: incident.severity_changed has SeverityChangedFacts and
// SeverityChangedContent. It returns nil for no bytes and for a type that this
// version does not know.
func readable(eventType, part string, data []byte) json.RawMessage {
	if len(data) == 0 {
		return nil
	}
	schema := schemaOf(eventType, part)
	if schema == nil {
		return nil
	}
	message := schema.New().Interface()
	if err := proto.Unmarshal(data, message); err != nil {
		return nil
	}
	out, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, out); err != nil {
		return nil
	}
	return compact.Bytes()
}

func schemaOf(eventType, part string) protoreflect.MessageType {
	area, name, _ := strings.Cut(eventType, ".")
	for _, candidate := range []string{
		area + ".v1." + camel(name) + part,
		"signal.v1." + camel(name) + part,
		"signal.v1." + camel(area) + camel(name) + part,
		"log.v1." + camel(name) + part,
	} {
		if t, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(candidate)); err == nil {
			return t
		}
	}
	return nil
}

// camel turns severity_changed into SeverityChanged.
func camel(s string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(s, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// sameJSON compares two JSON values by what they say.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true // the usual case: both were derived by the same code
	}
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, errOne := json.Marshal(x)
	two, errTwo := json.Marshal(y)
	return errOne == nil && errTwo == nil && bytes.Equal(one, two)
}
