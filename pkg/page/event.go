package page

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// The types of a page's events, as envelopes name them.
const (
	TypeRequested    = "page.requested"
	TypeAttempted    = "page.attempted"
	TypeDelivered    = "page.delivered"
	TypeFailed       = "page.failed"
	TypeAcknowledged = "page.acknowledged"
	TypeEnded        = "page.ended"
)

// Types lists them in the order in which they happen.
func Types() []string {
	return []string{TypeRequested, TypeAttempted, TypeDelivered, TypeFailed, TypeAcknowledged, TypeEnded}
}

// ErrUnknownType: an envelope names a type that this version does not know.
var ErrUnknownType = errors.New("unknown type of page event")

// Requested: people are called.
type Requested struct {
	// Alert is the alert that pages, Route the route that says so.
	Alert, Route string
	// Urgency says how much people are disturbed, Severity what the route gives.
	Urgency  catalogv1.Urgency
	Severity incident.Severity
	// Shadow: it was only worked out who would be called.
	Shadow bool
	// Whom is who is called.
	Whom
	// At is when.
	At time.Time
}

// Attempted: a way did not work yet, and is tried again.
type Attempted struct{ Outcome }

// Delivered: what carries a way took the page.
type Delivered struct{ Outcome }

// Failed: a way was given up.
type Failed struct{ Outcome }

// Outcome is what came of one way to one person.
type Outcome struct {
	// Person is the opaque id, Way the number of the way.
	Person string
	Way    int
	// Attempt counts from 1; 0 when none was made.
	Attempt int
	// At is when.
	At time.Time
	// Reason is what went wrong as a word, Problem in a sentence; neither holds a secret.
	Reason, Problem string
}

// Acknowledged: somebody takes care of the alert.
type Acknowledged struct {
	// By is the opaque id of the person or machine, At when.
	By string
	At time.Time
}

// Ended: the alert is over.
type Ended struct {
	// At is when, by the sender's clock.
	At time.Time
}

// Draft prepares the event for writing under a new event id.
func (r Requested) Draft(eventID string) (chain.Draft, error) {
	facts := &signalv1.PageRequestedFacts{
		AlertId: r.Alert, Route: r.Route, Urgency: r.Urgency, Severity: wireSeverity(r.Severity), Shadow: r.Shadow,
		Team: r.Team, Service: r.Service, Problem: r.Whom.Problem, CatalogSequence: r.Sequence, CatalogRevision: r.Revision,
		RequestedAtUs: micros(r.At), NotBeforeUs: micros(r.NotBefore),
	}
	for _, to := range r.Recipients {
		facts.Recipients = append(facts.Recipients, to.wire())
	}
	return draft(eventID, TypeRequested, r.At, facts)
}

// Draft prepares the event for writing under a new event id.
func (a Attempted) Draft(eventID string) (chain.Draft, error) {
	return draft(eventID, TypeAttempted, a.At, &signalv1.PageAttemptedFacts{
		PersonId: a.Person, Way: int32(a.Way), Attempt: int32(a.Attempt), AttemptedAtUs: micros(a.At), Reason: a.Reason, Problem: a.Problem,
	})
}

// Draft prepares the event for writing under a new event id.
func (d Delivered) Draft(eventID string) (chain.Draft, error) {
	return draft(eventID, TypeDelivered, d.At, &signalv1.PageDeliveredFacts{
		PersonId: d.Person, Way: int32(d.Way), Attempt: int32(d.Attempt), DeliveredAtUs: micros(d.At),
	})
}

// Draft prepares the event for writing under a new event id.
func (f Failed) Draft(eventID string) (chain.Draft, error) {
	return draft(eventID, TypeFailed, f.At, &signalv1.PageFailedFacts{
		PersonId: f.Person, Way: int32(f.Way), Attempt: int32(f.Attempt), FailedAtUs: micros(f.At), Reason: f.Reason, Problem: f.Problem,
	})
}

// Draft prepares the event for writing under a new event id.
func (a Acknowledged) Draft(eventID string) (chain.Draft, error) {
	return draft(eventID, TypeAcknowledged, a.At, &signalv1.PageAcknowledgedFacts{By: a.By, AcknowledgedAtUs: micros(a.At)})
}

// Draft prepares the event for writing under a new event id.
func (e Ended) Draft(eventID string) (chain.Draft, error) {
	return draft(eventID, TypeEnded, e.At, &signalv1.PageEndedFacts{EndedAtUs: micros(e.At)})
}

func draft(eventID, typ string, at time.Time, facts proto.Message) (chain.Draft, error) {
	d := chain.Draft{EventID: eventID, Type: typ, OccurredAt: at}
	var err error
	if d.Facts, err = proto.Marshal(facts); err != nil {
		return chain.Draft{}, fmt.Errorf("encode facts of %s: %w", typ, err)
	}
	return d, nil
}
