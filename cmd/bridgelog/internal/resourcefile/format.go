package resourcefile

import (
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Document is a resource as it is written: what [Parse] reads, and what the
// server set.
type Document struct {
	Kind        string         `json:"kind"`
	Name        string         `json:"name"`
	Spec        map[string]any `json:"spec"`
	ID          string         `json:"id"`
	Revision    uint64         `json:"revision"`
	ManagedBy   string         `json:"managed_by"`
	UpdatedTime string         `json:"updated_time"`
}

// Format converts a resource. Fields that are not set are left out of its spec.
func Format(r *catalogv1.Resource) Document {
	d := Document{
		Kind: r.GetKind(), Name: r.GetName(), Spec: map[string]any{}, ID: r.GetId(), Revision: r.GetRevision(),
		ManagedBy: r.GetManagedBy(),
	}
	if t := r.GetUpdatedTime(); t != nil {
		d.UpdatedTime = t.AsTime().Format(time.RFC3339Nano)
	}
	message := r.GetSpec().ProtoReflect()
	if !message.IsValid() {
		return d
	}
	if field := message.WhichOneof(message.Descriptor().Oneofs().ByName("kind")); field != nil {
		d.Spec = mapping(message.Get(field).Message())
	}
	return d
}

func mapping(m protoreflect.Message) map[string]any {
	out := map[string]any{}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		out[string(field.Name())] = valueOf(field, value)
		return true
	})
	return out
}

func valueOf(field protoreflect.FieldDescriptor, value protoreflect.Value) any {
	switch {
	case field.IsMap():
		out := map[string]any{}
		value.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			out[k.String()] = v.String()
			return true
		})
		return out
	case field.IsList():
		out := make([]any, value.List().Len())
		for i := range out {
			out[i] = single(field, value.List().Get(i))
		}
		return out
	}
	return single(field, value)
}

func single(field protoreflect.FieldDescriptor, value protoreflect.Value) any {
	switch field.Kind() {
	case protoreflect.EnumKind:
		if field.Enum().Name() == "Severity" {
			return incident.Severity(value.Enum()).String()
		}
		if v := field.Enum().Values().ByNumber(value.Enum()); v != nil {
			return enumWord(field.Enum(), v)
		}
		return int32(value.Enum())
	case protoreflect.MessageKind:
		switch m := value.Message().Interface().(type) {
		case *durationpb.Duration:
			return m.AsDuration().String()
		case *timestamppb.Timestamp:
			return m.AsTime().Format(time.RFC3339Nano)
		}
		return mapping(value.Message())
	default:
		return value.Interface()
	}
}
