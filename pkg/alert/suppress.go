package alert

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// The types of what keeps an alert from calling. An older version may pass over them.
const (
	TypeSuppressed   = "alert.suppressed"
	TypeUnsuppressed = "alert.unsuppressed"
)

// Suppressed: from now on the alert calls nobody. A further one replaces it.
type Suppressed struct {
	// Kind is "silence" or "maintenance"; Name is the resource's name, ID its opaque id.
	Kind, Name, ID string
	// Until is when it ends as it stood.
	Until time.Time
	// At is since when the alert is concerned.
	At time.Time
}

// Unsuppressed: nothing keeps the alert from calling any more, and its condition holds.
type Unsuppressed struct {
	// At is since when.
	At time.Time
	// Route is the name of the route that took it then, Group what it belongs to,
	// Incident the incident that has it since then; each may be empty.
	Route, Group, Incident string
}

// Draft prepares the event for writing under a new event id.
func (s Suppressed) Draft(eventID string) (chain.Draft, error) {
	d, err := draft(eventID, TypeSuppressed, s.At, &signalv1.AlertSuppressedFacts{
		Kind: s.Kind, Name: s.Name, Id: s.ID, UntilUs: s.Until.UnixMicro(), SuppressedAtUs: s.At.UnixMicro(),
	}, nil)
	d.Ignorable = true
	return d, err
}

// Draft prepares the event for writing under a new event id.
func (u Unsuppressed) Draft(eventID string) (chain.Draft, error) {
	d, err := draft(eventID, TypeUnsuppressed, u.At, &signalv1.AlertUnsuppressedFacts{
		UnsuppressedAtUs: u.At.UnixMicro(), Route: u.Route, Group: u.Group, IncidentId: u.Incident,
	}, nil)
	d.Ignorable = true
	return d, err
}

func decodeSuppressed(r chain.Record) (Suppressed, error) {
	var f signalv1.AlertSuppressedFacts
	if err := proto.Unmarshal(r.Facts, &f); err != nil {
		return Suppressed{}, fmt.Errorf("decode facts of %s: %w", TypeSuppressed, err)
	}
	return Suppressed{
		Kind: f.GetKind(), Name: f.GetName(), ID: f.GetId(), Until: time.UnixMicro(f.GetUntilUs()).UTC(),
		At: time.UnixMicro(f.GetSuppressedAtUs()).UTC(),
	}, nil
}

func decodeUnsuppressed(r chain.Record) (Unsuppressed, error) {
	var f signalv1.AlertUnsuppressedFacts
	if err := proto.Unmarshal(r.Facts, &f); err != nil {
		return Unsuppressed{}, fmt.Errorf("decode facts of %s: %w", TypeUnsuppressed, err)
	}
	return Unsuppressed{
		At: time.UnixMicro(f.GetUnsuppressedAtUs()).UTC(), Route: f.GetRoute(), Group: f.GetGroup(), Incident: f.GetIncidentId(),
	}, nil
}

// IsSuppressed tells whether something keeps the alert from calling, or did when it ended.
func (s State) IsSuppressed() bool { return s.Suppressed.ID != "" }

// SuppressedLike tells whether the log says already what keeps the alert from calling.
func (s State) SuppressedLike(by Suppressed) bool {
	return s.IsSuppressed() && s.Suppressed.Kind == by.Kind && s.Suppressed.ID == by.ID && s.Suppressed.Until.Equal(by.Until)
}

// Group is what the alert belongs to; empty when it belongs to nothing.
func (s State) Group() string {
	if s.Fired.Incident == "" && s.Unsuppressed.Group != "" {
		return s.Unsuppressed.Group
	}
	return s.Fired.Group
}
