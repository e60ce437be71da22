package incident

import "time"

// Declare opens an incident. It is the only command for an incident that does
// not exist yet.
type Declare struct {
	Number uint64 // claimed together with the event; at least 1
	Title  string // one line that says what is wrong
	// Summary is more, if there is more to say.
	Summary  string
	Severity Severity // Unknown: triage has to find it
	// Status is where it starts: triage, investigating, or StatusUnknown for
	// triage without a severity and investigating with one.
	Status   Status
	Kind     Kind
	Private  bool
	Drill    bool
	Origin   Origin   // OriginUnknown is a person
	Services []string // catalog ids or names of the services concerned
	AlertID  AlertID  // the alert that caused it, if any
	// ScheduledStart and ScheduledEnd frame planned work; zero for incidents.
	ScheduledStart, ScheduledEnd time.Time
	External                     ExternalReference
	Category                     string // catalog name of the kind of cause, when it is known
}

// Declared says that an incident was declared.
type Declared struct {
	Number                       uint64
	Title, Summary               string // content
	Severity                     Severity
	Status                       Status
	Kind                         Kind
	Private, Drill               bool
	Origin                       Origin
	Services                     []string
	AlertID                      AlertID
	ScheduledStart, ScheduledEnd time.Time
	External                     ExternalReference
	Category                     string
}

// Name returns "declare".
func (Declare) Name() string { return "declare" }

func (c Declare) decide(s State, _ Context) ([]Event, error) {
	if s.Declared() || s.Revision > 0 {
		return nil, alreadyDone("already_declared", "this incident is declared already: use it, or declare another one")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	e := Declared(c)
	e.ScheduledStart, e.ScheduledEnd = stamp(c.ScheduledStart), stamp(c.ScheduledEnd)
	if e.Origin == OriginUnknown {
		e.Origin = OriginPerson
	}
	if e.Status == StatusUnknown {
		e.Status = StatusInvestigating
		if !c.Severity.Known() {
			e.Status = StatusTriage
		}
	}
	return []Event{e}, nil
}

func (c Declare) check() error {
	if c.Number == 0 {
		return invalid("number", "required", "number is missing: claim one first")
	}
	if c.Severity > SEV3 {
		return invalid("severity", "unknown_severity", "unknown severity: use SEV-1, SEV-2 or SEV-3, or none")
	}
	if c.Status != StatusUnknown && c.Status != StatusTriage && c.Status != StatusInvestigating {
		return invalid("status", "not_a_first_status", "an incident starts in triage or investigating: declare it, then change the status")
	}
	if c.Kind > Maintenance {
		return invalid("kind", "unknown_kind", "unknown kind: use incident or maintenance")
	}
	if c.Origin > OriginImport {
		return invalid("origin", "unknown_origin", "unknown origin: use person, alert or import")
	}
	return firstError(
		func() error { return checkTitle("title", c.Title, MaxTitle) },
		func() error { return checkOptional("summary", c.Summary, MaxText) },
		func() error { return checkNames("services", c.Services) },
		func() error { return checkName("category", c.Category, false) },
		func() error { return checkName("alert_id", string(c.AlertID), false) },
		func() error { return checkName("external.system", c.External.System, c.External.ID != "") },
		func() error { return checkName("external.id", c.External.ID, c.External.System != "") },
		func() error { return checkOptional("external.url", c.External.URL, MaxReason) },
		c.checkSchedule,
	)
}

func (c Declare) checkSchedule() error {
	for _, t := range []time.Time{c.ScheduledStart, c.ScheduledEnd} {
		if err := checkStorable("scheduled_start", t); err != nil {
			return err
		}
	}
	if !c.ScheduledStart.IsZero() && !c.ScheduledEnd.IsZero() && c.ScheduledEnd.Before(c.ScheduledStart) {
		return invalid("scheduled_end", "before_start", "scheduled_end lies before scheduled_start: swap them")
	}
	return nil
}

func (Declare) conflicts(_, _ State) bool { return false }

// Type returns "incident.declared".
func (Declared) Type() string { return "incident.declared" }

// Accept calls VisitDeclared.
func (e Declared) Accept(v Visitor) { v.VisitDeclared(e) }

func (e Declared) traits() traits { return editable | content.when(e.Title != "" || e.Summary != "") }

func (e Declared) evolve(s State, m Meta) State {
	s.ID, s.Number, s.Declarer, s.OccurredAt = m.Incident, e.Number, m.Actor, m.OccurredAt
	s.Title, s.titleFrom = e.Title, m.Revision
	s.Severity, s.Status, s.Kind, s.Origin = e.Severity, e.Status, e.Kind, e.Origin
	s.Private, s.Drill, s.Category, s.services = e.Private, e.Drill, e.Category, e.Services
	return s.joined(m.Actor).linked(e.AlertID)
}
