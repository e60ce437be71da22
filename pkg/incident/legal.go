package incident

// RecordLegalEvent writes down an event that a law knows: the terms of that law
// start or end with it. It says nothing about whether the law applies. Any responder
// may, also after the incident is over, since terms outlive it. The same event may be
// recorded again, for example when an incident is classified anew.
type RecordLegalEvent struct {
	Regime string // name of the clock policy of the law, for example "nis2"
	Event  LegalEvent
	Report string // which report, for LegalSubmitted and LegalNotApplying, for example "early-warning"
	Note   string // why, or where it is filed; optional
}

// LegalEventRecorded says that an event happened that a law knows.
type LegalEventRecorded struct {
	Regime string
	Event  LegalEvent
	Report string
	Note   string // content
}

// Name returns "record_legal_event".
func (RecordLegalEvent) Name() string { return "record_legal_event" }

func (c RecordLegalEvent) decide(_ State, _ Context) ([]Event, error) {
	if !c.Event.Known() {
		return nil, invalid("event", "unknown_legal_event",
			"unknown event: use aware, classified, material, submitted, fix-available, handled, withdrawn or not-applying")
	}
	if c.Event.OfReport() != (c.Report != "") {
		if c.Report == "" {
			return nil, invalid("report", "required", "report is missing: say which report, for example early-warning")
		}
		return nil, invalid("report", "not_of_a_report", "only submitted and not-applying are about a report: leave report out")
	}
	err := firstError(
		func() error { return checkName("regime", c.Regime, true) },
		func() error { return checkName("report", c.Report, false) },
		func() error { return checkOptional("note", c.Note, MaxReason) },
	)
	if err != nil {
		return nil, err
	}
	return []Event{LegalEventRecorded(c)}, nil
}

func (RecordLegalEvent) conflicts(_, _ State) bool { return false }

// Type returns "incident.legal_event_recorded".
func (LegalEventRecorded) Type() string { return "incident.legal_event_recorded" }

// Accept calls VisitLegalEventRecorded.
func (e LegalEventRecorded) Accept(v Visitor) { v.VisitLegalEventRecorded(e) }

func (e LegalEventRecorded) traits() traits {
	return ignorable | editable | content.when(e.Note != "")
}

func (LegalEventRecorded) evolve(s State, _ Meta) State { return s }
