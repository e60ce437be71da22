package incident_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// The people of the scenarios. Ann declares, Bob and Cy respond.
const (
	ann = incident.PersonID("p-ann")
	bob = incident.PersonID("p-bob")
	cy  = incident.PersonID("p-cy")
	bot = incident.PersonID("m-intake")
)

// act is an event of the past and who did it.
type act struct {
	who   incident.PersonID
	event incident.Event
}

func by(who incident.PersonID, events ...incident.Event) []act {
	acts := make([]act, len(events))
	for i, e := range events {
		acts[i] = act{who, e}
	}
	return acts
}

// past joins what several people did.
func past(parts ...[]act) []act {
	var all []act
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// declaredEvent is how most scenarios begin.
func declaredEvent() incident.Declared {
	return incident.Declared{
		Number: 41, Title: "Checkout returns 502", Severity: incident.SEV2,
		Status: incident.StatusInvestigating, Origin: incident.OriginPerson,
	}
}

// declared is the past in which Ann has declared and nothing else happened.
func declared(more ...incident.Event) []act {
	return by(ann, append([]incident.Event{declaredEvent()}, more...)...)
}

// commanded is the past in which Ann declared and Bob took command.
func commanded(more ...incident.Event) []act {
	return past(declared(), by(bob, incident.RoleAssigned{Role: incident.Commander, Person: bob}), by(bob, more...))
}

// fold returns the state after the past, of incident "inc-41".
func fold(acts []act) incident.State {
	h := incidenttest.New("inc-41")
	for _, a := range acts {
		h.Record(a.who, h.Now, a.event)
	}
	return h.State
}

// scenario is one Given/When/Then. Exactly one of then, nothing and refused says
// what must come out.
type scenario struct {
	name      string
	given     []act
	who       incident.PersonID  // Ann when empty
	authority incident.Authority // responder when empty
	occurred  time.Time
	when      incident.Command
	then      []incident.Event
	nothing   bool
	refused   incident.RejectionKind
	reason    string
	field     string
}

func run(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) { sc.check(t) })
	}
}

func (sc scenario) check(t *testing.T) {
	t.Helper()
	c := incident.Context{Actor: sc.who, Authority: sc.authority, Now: incidenttest.Start().Add(time.Hour), OccurredAt: sc.occurred}
	if c.Actor == "" {
		c.Actor = ann
	}
	if c.Authority == incident.Nobody {
		c.Authority = incident.Responder
	}
	events, err := incident.Decide(fold(sc.given), sc.when, c)
	if sc.refused != 0 {
		sc.checkRefused(t, events, err)
		return
	}
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if sc.nothing == (len(sc.then) > 0) {
		t.Fatal("the scenario must say what it expects")
	}
	if !reflect.DeepEqual(events, sc.then) {
		t.Errorf("decided %#v\nwant    %#v", events, sc.then)
	}
}

func (sc scenario) checkRefused(t *testing.T, events []incident.Event, err error) {
	t.Helper()
	var r *incident.Rejection
	if !errors.As(err, &r) {
		t.Fatalf("got %#v, %v; want a rejection", events, err)
	}
	if r.Kind != sc.refused || r.Reason != sc.reason || r.Field != sc.field {
		t.Errorf("refused as %v %q field %q, want %v %q field %q: %s", r.Kind, r.Reason, r.Field, sc.refused, sc.reason, sc.field, r.Message)
	}
	if len(events) > 0 || r.Message == "" {
		t.Errorf("events %v, message %q", events, r.Message)
	}
}
