package alert

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// The types of an alert's events, as envelopes name them.
const (
	TypeFired    = "alert.fired"
	TypeResolved = "alert.resolved"
)

// ErrUnknownType: an envelope names a type that this version does not know.
var ErrUnknownType = errors.New("unknown type of alert event")

// Fired: an episode began.
type Fired struct {
	// Source is the door, Fingerprint the sender's key.
	Source, Fingerprint string
	// StartsAt is the begin by the sender's clock.
	StartsAt time.Time
	// Route is the name of the route that took it, Group what it belongs to,
	// Incident the incident that has it; each may be empty.
	Route, Group, Incident string
	// SignalID names the raw evidence.
	SignalID string
	// Flapping says how its condition comes and goes.
	Flapping Flapping

	// Title, Labels, Annotations and GeneratorURL are content: what the machine
	// said. They are empty after a redaction.
	Title        string
	Labels       map[string]string
	Annotations  map[string]string
	GeneratorURL string
}

// Resolved: the episode ended.
type Resolved struct {
	// EndsAt is the end by the sender's clock.
	EndsAt time.Time
	// SignalID names the raw evidence.
	SignalID string
}

// Draft prepares the event for writing under a new event id.
func (f Fired) Draft(eventID string) (chain.Draft, error) {
	facts := &signalv1.AlertFiredFacts{
		Source: f.Source, Fingerprint: f.Fingerprint, StartsAtUs: f.StartsAt.UnixMicro(),
		Route: f.Route, Group: f.Group, IncidentId: f.Incident, SignalId: f.SignalID,
	}
	f.Flapping.facts(facts)
	content := &signalv1.AlertFiredContent{
		Title: f.Title, Labels: f.Labels, Annotations: f.Annotations, GeneratorUrl: f.GeneratorURL,
	}
	return draft(eventID, TypeFired, f.StartsAt, facts, content)
}

// Draft prepares the event for writing under a new event id.
func (r Resolved) Draft(eventID string) (chain.Draft, error) {
	facts := &signalv1.AlertResolvedFacts{EndsAtUs: r.EndsAt.UnixMicro(), SignalId: r.SignalID}
	return draft(eventID, TypeResolved, r.EndsAt, facts, nil)
}

func draft(eventID, typ string, at time.Time, facts, content proto.Message) (chain.Draft, error) {
	d := chain.Draft{EventID: eventID, Type: typ, OccurredAt: at}
	var err error
	if d.Facts, err = proto.Marshal(facts); err != nil {
		return chain.Draft{}, fmt.Errorf("encode facts of %s: %w", typ, err)
	}
	if content == nil {
		return d, nil
	}
	if d.Content, err = proto.Marshal(content); err != nil {
		return chain.Draft{}, fmt.Errorf("encode content of %s: %w", typ, err)
	}
	return d, nil
}

// Decode reads an event back: a [Fired], [Resolved], [Acknowledged], [Noted], [Linked],
// [Suppressed], [Unsuppressed] or [Calmed].
// It returns [ErrUnknownType] for what a later version wrote.
func Decode(typ string, r chain.Record) (any, error) {
	switch typ {
	case TypeFired:
		return decodeFired(r)
	case TypeResolved:
		var facts signalv1.AlertResolvedFacts
		if err := proto.Unmarshal(r.Facts, &facts); err != nil {
			return nil, fmt.Errorf("decode %s: %w", typ, err)
		}
		return Resolved{EndsAt: time.UnixMicro(facts.GetEndsAtUs()).UTC(), SignalID: facts.GetSignalId()}, nil
	case TypeAcknowledged:
		return decodeAcknowledged(r)
	case TypeNoted:
		return decodeNoted(r)
	case TypeLinked:
		return decodeLinked(r)
	case TypeSuppressed:
		return decodeSuppressed(r)
	case TypeUnsuppressed:
		return decodeUnsuppressed(r)
	case TypeCalmed:
		return decodeCalmed(r)
	}
	return nil, fmt.Errorf("decode %.64q: %w", typ, ErrUnknownType)
}

func decodeFired(r chain.Record) (Fired, error) {
	var facts signalv1.AlertFiredFacts
	var content signalv1.AlertFiredContent
	if err := decode(TypeFired, r, &facts, &content); err != nil {
		return Fired{}, err
	}
	return Fired{
		Source: facts.GetSource(), Fingerprint: facts.GetFingerprint(), StartsAt: time.UnixMicro(facts.GetStartsAtUs()).UTC(),
		Route: facts.GetRoute(), Group: facts.GetGroup(), Incident: facts.GetIncidentId(), SignalID: facts.GetSignalId(),
		Title: content.GetTitle(), Labels: content.GetLabels(), Annotations: content.GetAnnotations(),
		GeneratorURL: content.GetGeneratorUrl(), Flapping: flappingOf(&facts),
	}, nil
}
