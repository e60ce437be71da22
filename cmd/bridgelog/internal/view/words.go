package view

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Time is a time for scripts: RFC 3339 in UTC, or null.
type Time struct{ time.Time }

// MarshalJSON writes null for the zero time.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().MarshalJSON()
}

func timeOf(t *timestamppb.Timestamp) Time {
	if t == nil {
		return Time{}
	}
	return Time{t.AsTime()}
}

// Name is the name of an incident, such as INC-41.
func Name(number uint64) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("INC-%d", number)
}

// Severity is a severity in people's words: "SEV-1", or "unknown" in triage.
func Severity(s incidentv1.Severity) string { return incident.Severity(s).String() }

// Status is a status in people's words, such as "investigating".
func Status(s incidentv1.Status) string { return Word(s) }

func kind(k incidentv1.IncidentKind) string {
	if k == incidentv1.IncidentKind_INCIDENT_KIND_MAINTENANCE {
		return "maintenance"
	}
	return "incident"
}

// Word is an enumeration's value as a lower-case word without the prefix that
// protobuf demands: PARTIAL_OUTAGE of ComponentStatus is "partial_outage". The
// value "not stated" is "unknown".
func Word(v protoreflect.Enum) string {
	descriptor := v.Descriptor()
	value := descriptor.Values().ByNumber(v.Number())
	if value == nil {
		return fmt.Sprintf("unknown(%d)", v.Number())
	}
	if v.Number() == 0 {
		return "unknown"
	}
	zero := string(descriptor.Values().ByNumber(0).Name())
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), strings.TrimSuffix(zero, "UNSPECIFIED")))
}

func list(in []string) []string {
	if in == nil {
		return []string{}
	}
	return in
}

// TimeOf is a time of the system for scripts.
func TimeOf(t *timestamppb.Timestamp) Time { return timeOf(t) }
