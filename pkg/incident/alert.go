package incident

// LinkAlert attaches an alert. Any responder may. An alert that is attached
// already is no event and no error.
type LinkAlert struct {
	AlertID     AlertID
	Fingerprint string // the sender's key of the alert
	Source      string // the kind of sender, for example "alertmanager"
	Title       string // what the alert says; see Sanitize
	URL         string // where it came from; not checked, so pages must check its scheme
}

// AlertLinked says that an alert was attached.
type AlertLinked struct {
	AlertID             AlertID
	Fingerprint, Source string
	Title, URL          string // content
}

// Name returns "link_alert".
func (LinkAlert) Name() string { return "link_alert" }

func (c LinkAlert) decide(s State, _ Context) ([]Event, error) {
	err := firstError(
		func() error { return checkName("alert_id", string(c.AlertID), true) },
		func() error { return checkName("fingerprint", c.Fingerprint, false) },
		func() error { return checkLabel("source", c.Source) },
		func() error { return checkOptional("title", c.Title, MaxReason) },
		func() error { return checkOptional("url", c.URL, MaxReason) },
	)
	if err != nil {
		return nil, err
	}
	if s.HasAlert(c.AlertID) {
		return nil, nil
	}
	return []Event{AlertLinked(c)}, nil
}

func (LinkAlert) conflicts(_, _ State) bool { return false }

// Type returns "incident.alert_linked".
func (AlertLinked) Type() string { return "incident.alert_linked" }

// Accept calls VisitAlertLinked.
func (e AlertLinked) Accept(v Visitor) { v.VisitAlertLinked(e) }

func (e AlertLinked) traits() traits { return machine | content.when(e.Title != "" || e.URL != "") }

func (e AlertLinked) evolve(s State, _ Meta) State { return s.linked(e.AlertID) }

// linked returns s with the alert among those that belong to it.
func (s State) linked(id AlertID) State {
	if id != "" && !s.HasAlert(id) {
		s.alerts = s.alerts.with(id)
	}
	return s
}
