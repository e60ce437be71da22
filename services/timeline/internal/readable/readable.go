package readable

import (
	"encoding/json"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/bridgelog/bridgelog/pkg/chain"
	// The schemas of events are found by their names.
	_ "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// event is the form of an event.
type event struct {
	EventID       string          `json:"event_id"`
	Subject       string          `json:"subject"`
	Revision      uint64          `json:"revision"`
	Type          string          `json:"type"`
	OccurredTime  string          `json:"occurred_time"`
	RecordedTime  string          `json:"recorded_time"`
	ClockAdjusted bool            `json:"clock_adjusted,omitempty"`
	Actor         string          `json:"actor,omitempty"`
	Principal     string          `json:"principal,omitempty"`
	RequestID     string          `json:"request_id,omitempty"`
	Redacted      bool            `json:"redacted,omitempty"`
	Facts         json.RawMessage `json:"facts,omitempty"`
	Content       json.RawMessage `json:"content,omitempty"`
}

// JSON returns an event as a JSON object. Facts and content of a type that this
// version does not know are left out.
func JSON(e *chain.Envelope, r chain.Record) string {
	out, err := json.Marshal(event{
		EventID: e.EventID, Subject: e.Subject, Revision: e.Revision, Type: e.Type,
		OccurredTime: e.OccurredAt().Format(time.RFC3339Nano), RecordedTime: e.RecordedAt().Format(time.RFC3339Nano),
		ClockAdjusted: e.ClockAdjusted, Actor: e.Actor, Principal: e.Principal, RequestID: e.RequestID, Redacted: r.Redacted,
		Facts: message(e.Type, "Facts", r.Facts), Content: message(e.Type, "Content", r.Content),
	})
	if err != nil {
		return "{}" // of strings and messages that were marshalled already: cannot happen
	}
	return string(out)
}

// packages are where the events of each kind of subject are described.
func packages() map[string]string {
	return map[string]string{"incident": "incident.v1", "number": "incident.v1", "catalog": "catalog.v1", "alert": "signal.v1", "change": "signal.v1"}
}

// message shows one half of an event; nil when it is empty or not known.
func message(eventType, half string, data []byte) json.RawMessage {
	kind, name, ok := strings.Cut(eventType, ".")
	pkg := packages()[kind]
	if !ok || pkg == "" || len(data) == 0 {
		return nil
	}
	for _, candidate := range []string{camel(name), camel(kind + "_" + name)} {
		found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(pkg + "." + candidate + half))
		if err != nil {
			continue
		}
		m := found.New().Interface()
		if proto.Unmarshal(data, m) != nil {
			return nil
		}
		out, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
		if err != nil {
			return nil
		}
		return out
	}
	return nil
}

// camel turns "severity_changed" into "SeverityChanged".
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
